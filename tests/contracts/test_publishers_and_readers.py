"""Each service says its own events only, and all of them; nobody waits for an event that nobody says.

Read in the source, but for the facts that are told by the event of their name.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from crm_events import EVENTS, EVENTS_BY_PUBLISHER, PUBLISHERS
from tests.contracts.facts import mapper

ROOT = Path(__file__).parents[2]
READERS = ("services/*/src/crm_*/**/*.py", "shared/history/src/crm_history/**/*.py")
CATALOG = frozenset((event.PUBLISHER, event.__name__) for event in EVENTS.values())

Named = tuple[str, str]
"""A publisher and the name of one of its events."""


def imported(tree: ast.Module) -> tuple[dict[str, str], dict[str, Named]]:
    """Return the modules of publishers and the names from them, by what this source calls them."""
    modules, names = {}, {}
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module="crm_events", names=aliases):
                modules |= {each.asname or each.name: each.name for each in aliases}
            case ast.ImportFrom(module=str(module), names=aliases) if module.startswith("crm_events."):
                publisher = module.removeprefix("crm_events.")
                names |= {each.asname or each.name: (publisher, each.name) for each in aliases}
    return modules, names


def events_named(tree: ast.Module) -> Iterator[tuple[ast.expr, Named]]:
    """Yield every place where the source names an event, by its own name or through its publisher's module."""
    modules, names = imported(tree)
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) if names.get(name) in CATALOG:
                yield node, names[name]
            case ast.Attribute(value=ast.Name(id=module), attr=name) if (modules.get(module), name) in CATALOG:
                yield node, (modules[module], name)


def published_in(source: str) -> set[Named]:
    """Return the events that this source makes."""
    tree = ast.parse(source)
    made = {node.func for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return {named for node, named in events_named(tree) if node in made}


def received(source: str) -> set[Named]:
    """Return the events that this source names."""
    return {named for _, named in events_named(ast.parse(source))}


def said_by(publisher: str) -> set[Named]:
    """Return the events that the service of this name makes."""
    slices = list((ROOT / f"services/{publisher}/src/crm_{publisher}").rglob("publishing.py"))
    written = {event for path in slices for event in published_in(path.read_text("utf-8"))}
    return written | {event for path in slices for event in named_alike(path, publisher)}


def named_alike(publishing: Path, publisher: str) -> set[Named]:
    """Return the events that a slice makes of the facts of their name, where it does."""
    if "event_like(" not in publishing.read_text("utf-8"):
        return set()
    facts = mapper(publisher).classes
    return {(publisher, name.replace(".", "")) for name in facts} & CATALOG


@pytest.mark.parametrize("publisher", PUBLISHERS)
def test_a_service_says_all_of_its_events_and_no_other(publisher: str) -> None:
    assert said_by(publisher) == {(publisher, event.__name__) for event in EVENTS_BY_PUBLISHER[publisher]}


def test_every_event_that_is_heard_is_said_by_its_publisher() -> None:
    sources = [path for pattern in READERS for path in ROOT.glob(pattern) if path.name != "publishing.py"]
    all_said = {event for publisher in PUBLISHERS for event in said_by(publisher)}

    unsaid = {
        f"{path.relative_to(ROOT)}: {publisher}.{name}"
        for path in sources
        for publisher, name in received(path.read_text("utf-8")) - all_said
    }

    assert sources
    assert unsaid == set()


@pytest.mark.parametrize(
    "source",
    [
        "from crm_events.sales import OrderPlaced\nOrderPlaced(order_id=1)",
        "from crm_events.sales import OrderPlaced as Said\ndef publish(fact):\n    return Said(order_id=1)",
        "from crm_events import sales\nreturned = sales.OrderPlaced(order_id=1)",
        "from crm_events import sales as said\nreturned = said.OrderPlaced(order_id=1)",
    ],
)
def test_an_event_of_another_publisher_is_noticed_however_it_is_imported(source: str) -> None:
    assert published_in(source) == {("sales", "OrderPlaced")}


def test_naming_an_event_is_hearing_it_and_not_saying_it() -> None:
    source = (
        "from crm_events.sales import OrderPlaced\nmatch event:\n    case OrderPlaced(order_id=found):\n        pass"
    )

    assert received(source) == {("sales", "OrderPlaced")}
    assert published_in(source) == set()


def test_values_and_names_from_elsewhere_are_no_events() -> None:
    source = (
        "from crm_events.sales import OrderLine\nfrom crm_sales.domain import OrderPlaced\nOrderLine()\nOrderPlaced()"
    )

    assert received(source) == set()

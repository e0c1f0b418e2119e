"""The register says who looks at which field: seen while their code runs, and compared with what their sources name."""

import ast
import inspect
import json
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import crm_history
from crm_events import EVENTS, Money, PublicEvent, sales, support
from crm_events.json_schema import event_schemas
from tests.contracts import consumers
from tests.contracts.listening import services
from tests.contracts.promises import latest, name_of
from tests.contracts.register import HISTORY, Register, concerned, heard_by, register
from tests.contracts.tracing import Looks, watching
from tests.contracts.variants import variants
from tools import documents

RESOLVED = "crm.support.CaseResolved.v1"


@pytest.fixture(scope="module")
def today() -> Register:
    """Return the register by today's code."""
    return register()


def a_placed_order() -> sales.OrderPlaced:
    """Return the order of the story."""
    [sample] = latest(name_of(sales.OrderPlaced.TYPE))
    return sales.OrderPlaced.read(sample.value)


def seen(reader: Callable[[Any], Any], event: Any) -> set[str]:
    """Return the fields of an event that a reader looks at."""
    with watching() as looks:
        looks.by("me", reader)(event)
    return {field for fields in looks.fields.values() for field in fields}


def by_pattern(event: object) -> object:
    match event:
        case sales.OrderPlaced(order_id=order_id, opportunity_id=None):
            return order_id
        case sales.OrderPlaced(total=Money(currency=currency)):
            return currency
    return None


LOOKS: list[tuple[Callable[[Any], Any], set[str]]] = [
    (lambda order: order.order_id, {"order_id"}),
    (lambda order: order.total.amount, {"total", "total.amount"}),
    (lambda order: [line.total.amount for line in order.lines], {"lines", "lines[].total", "lines[].total.amount"}),
    (by_pattern, {"order_id", "opportunity_id", "total", "total.currency"}),
    (lambda order: order.model_dump(include={"unit", "no_such_field"}), {"unit"}),
    (lambda order: order.model_dump_json(exclude=set(sales.OrderPlaced.model_fields) - {"channel"}), {"channel"}),
    (lambda order: order.model_dump(), set(sales.OrderPlaced.model_fields)),
    (lambda order: isinstance(order, sales.OrderPlaced) and order.TYPE, set()),
]


@pytest.mark.parametrize(("reader", "fields"), [pytest.param(*case, id=str(n)) for n, case in enumerate(LOOKS)])
def test_a_look_is_seen_however_it_is_taken(reader: Callable[[Any], Any], fields: set[str]) -> None:
    assert seen(reader, a_placed_order()) == fields


def test_nobody_is_watched_afterwards() -> None:
    with watching() as looks:
        pass
    looks.by("me", lambda order: order.order_id)(a_placed_order())

    assert not looks.fields
    assert "__getattribute__" not in vars(PublicEvent)


def test_a_look_on_behalf_of_nobody_is_not_written_down() -> None:
    with watching() as looks:
        assert a_placed_order().order_id

    assert looks.fields == Looks().fields


def test_variants_say_every_value_that_a_reader_may_ask_for() -> None:
    [reopened] = latest("crm.support.CaseReopened")

    kinds = [variant["kind"] for variant in variants(reopened)]

    assert {*kinds, reopened.content["kind"]} == {kind.value for kind in support.CaseKind}


def test_the_register_tells_what_each_reader_of_a_resolved_case_looks_at(today: Register) -> None:
    assert today[RESOLVED]["loyalty: apologise_for_slow_support"] == ["case_id", "customer_id", "kind", "waited"]
    assert today[RESOLVED]["marketing: open_cases_of_customers"] == ["case_id"]
    assert "sales: funnel" not in today[RESOLVED]


def test_the_readers_are_those_whose_sources_name_the_event(today: Register) -> None:
    named = {
        type: {reader for reader in readers if reader != HISTORY} for type, readers in documents.register().items()
    }

    assert {type: set(readers) - {HISTORY} for type, readers in today.items()} == named


def test_every_field_of_the_register_is_a_field_of_its_event(today: Register) -> None:
    told = {(type, field) for type, readers in today.items() for fields in readers.values() for field in fields}

    assert told - {(type, path) for type, schema in event_schemas().items() for path in paths(schema)} == set()


def paths(schema: Mapping[str, Any]) -> Iterator[str]:
    """Yield every path in a schema, as the register writes it."""

    def within(node: Mapping[str, Any], above: str) -> Iterator[str]:
        for each in node.get("anyOf", [node]):
            if "$ref" in each:
                each = schema["$defs"][each["$ref"].rpartition("/")[2]]
            if "items" in each:
                yield from within(each["items"], f"{above}[]")
            for name, field in each.get("properties", {}).items():
                path = f"{above}.{name}" if above else name
                yield path
                yield from within(field, path)

    return within(schema, "")


# What the envelope says, or a column: no field of an event that this reader hears.
CALLED_ALIKE = {
    "contacts: customer_search: kind",
    "loyalty: explanation: unit",
    "sales: receivables: outstanding",
    "sales: receivables: unit",
}


def test_no_reader_names_a_field_that_nobody_saw_it_look_at(today: Register) -> None:
    schemas = event_schemas()
    missed = {
        f"{reader}: {field}"
        for service in services().values()
        for model in service.read_models
        if (reader := f"{service.name}: {model.name}") and model.name != crm_history.READ_MODEL.name
        for field in named_fields(model, [schemas[type] for type in heard_by(today, reader)]) - looked_at(reader, today)
    }

    assert missed == CALLED_ALIKE


def looked_at(reader: str, today: Register) -> set[str]:
    """Return the last names of the paths that a reader was seen looking at, in any event."""
    fields = {field for readers in today.values() for field in readers.get(reader, ())}
    return {field.rpartition(".")[2].removesuffix("[]") for field in fields}


def named_fields(model: Any, schemas: list[dict[str, Any]]) -> set[str]:
    """Return what the source of a projection takes by a name that a field of its events has too."""
    taken = [node for function in reached(model.project) for node in ast.walk(function)]
    attributes = {node.attr for node in taken if isinstance(node, ast.Attribute)}
    patterns = {name for node in taken if isinstance(node, ast.MatchClass) for name in node.kwd_attrs}
    fields = {path.rpartition(".")[2].removesuffix("[]") for schema in schemas for path in paths(schema)}
    return (attributes | patterns) & fields


def reached(project: Any) -> list[ast.FunctionDef]:
    """Return the projection and every function of its module that it leads to."""
    tree = ast.parse(inspect.getsource(import_module(project.__module__)))
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    found, waiting = [], [project.__name__]
    while waiting:
        if function := functions.pop(waiting.pop(), None):
            found.append(function)
            waiting += [node.id for node in ast.walk(function) if isinstance(node, ast.Name)]
    return found


def test_a_publisher_asks_whom_a_field_concerns(capsys: pytest.CaptureFixture[str]) -> None:
    code = documents.main(["--who", RESOLVED, "waited"])

    assert code == 0
    assert capsys.readouterr().out.splitlines() == [
        "every service: history",
        "loyalty: apologise_for_slow_support",
        "support: cases",
    ]


def test_a_part_of_a_field_concerns_whoever_takes_the_whole() -> None:
    assert "contacts: customer_card" in concerned("crm.contacts.CustomerRegistered.v1", "addresses[].postcode")
    assert "loyalty: earn_from_an_order" in concerned("crm.sales.OrderPlaced.v1", "total")
    assert "loyalty: earn_from_an_order" not in concerned("crm.sales.OrderPlaced.v1", "lines[].sku")


def test_an_event_that_does_not_exist_is_not_answered(capsys: pytest.CaptureFixture[str]) -> None:
    assert documents.main(["--who", "crm.support.Nothing.v1"]) == 2
    assert "is no event" in capsys.readouterr().err


def test_a_stale_register_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], today: Register
) -> None:
    written = consumers.files(today, tmp_path / "consumers.md")
    for path, text in written.items():
        path.write_text(text.replace("waited", "weighted"), "utf-8")
    monkeypatch.setattr(documents, "CONSUMERS", tmp_path / "consumers.md")
    monkeypatch.setattr(documents, "looked_at", lambda: today)

    code = documents.main(["--check"])

    assert code == 1
    assert [line for line in capsys.readouterr().err.splitlines() if "consumers" in line] == [
        f"stale: {path}" for path in written
    ]


def test_the_register_in_the_documents_is_that_of_today(today: Register) -> None:
    page = Path(documents.CONSUMERS)

    for path, text in consumers.files(today, page).items():
        assert path.read_text("utf-8") == text, f"{path.name} is stale; `make docs` writes it again"


def test_the_page_names_every_event_with_its_readers(today: Register) -> None:
    page = consumers.markdown({**today, RESOLVED: {}})

    assert all(f"`{type}`" in page for type in EVENTS)
    assert f"| `{RESOLVED}` | nobody | |" in page
    assert json.loads(consumers.files(today, Path("c.md"))[Path("c.json")]) == today

"""The documents that are generated from the code: writes them, says which are stale, or who consumes an event.

    python -m tools.documents [--check]
    python -m tools.documents --who crm.support.CaseResolved.v1 waited

From the events come their JSON Schemas and AsyncAPI document, their golden payloads, sentences and wordings,
`docs/event-catalog.md`, `docs/consumers.md` with the fields that each reader looks at (`docs/consumers.json` says the
same to programs), the lists in the services' READMEs, and a released sample of each shape and fact that has none.
`docs/features.md` is written by a run of the tests, for it says what they prove: `make docs` does both.
"""

import argparse
import importlib
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import crm_history
from crm_eventlog.reactions import Deadline, Effect, Policy
from crm_events import EVENTS, PUBLISHERS
from crm_events.__main__ import PACKAGE, generated_files
from crm_events.event import PublicEvent, topic_of_publisher
from crm_events.event_catalog import event_catalog_markdown
from tests.contracts import consumers, facts, keep
from tests.contracts.listening import services
from tests.contracts.promises import RELEASED
from tests.contracts.register import HISTORY, concerned, last
from tests.contracts.register import register as looked_at
from tools import goldens, names, packages, readmes

DOCS = Path(__file__).parents[1] / "docs"
CATALOG = DOCS / "event-catalog.md"
CONSUMERS = DOCS / "consumers.md"
# An effect gets these once a service runs; which events it is for needs none of them.
_NOT_AT_WORK: tuple[Any, ...] = (None, None, None)


def register() -> Mapping[str, list[str]]:
    """Map every event type to its readers, as in {"crm.sales.OrderPlaced.v1": ["loyalty: points_for_an_order"]}."""
    readers = defaultdict(set)
    for service in PUBLISHERS:
        for event, reader in heard_by(service):
            readers[event.TYPE].add(f"{service}: {reader}")
    if all(keeps_the_history(service) for service in PUBLISHERS):
        for type in EVENTS:
            readers[type].add(HISTORY)
    return {type: sorted(names) for type, names in sorted(readers.items())}


def heard_by(service: str) -> Iterator[tuple[type[PublicEvent], str]]:
    """Yield what a service consumes, with the read model, policy, deadline or effect that it is for."""
    running = services()[service]
    for model in running.read_models:
        if model.name != crm_history.READ_MODEL.name:
            yield from ((event, model.name) for event in events_in(module_of(model.project)) if on(event, model))
    effects = running.effects(running.settings(), *_NOT_AT_WORK)
    reactions: list[Policy | Deadline | Effect] = [*running.policies, *running.deadlines, *effects]
    yield from ((each.whenever, each.name) for each in reactions)


def keeps_the_history(service: str) -> bool:
    """Tell whether a service keeps the customers' history beside its own read models."""
    return any(model.name == crm_history.READ_MODEL.name for model in services()[service].read_models)


def module_of(function: Any) -> ModuleType:
    """Find the module in which a projection is written."""
    return importlib.import_module(function.__module__)


def on(event: type[PublicEvent], model: Any) -> bool:
    """Tell whether a read model reads the topic that carries this event."""
    return topic_of_publisher(event.PUBLISHER) in model.topics


def events_in(module: ModuleType) -> Iterator[type[PublicEvent]]:
    """Yield the events that a module imports: it imports what it consumes."""
    known = set(EVENTS.values())
    return (each for each in vars(module).values() if isinstance(each, type) and each in known)


def contracts() -> Mapping[Path, str]:
    """Return the JSON Schemas and the AsyncAPI document."""
    return generated_files(PACKAGE)


def pages() -> Mapping[Path, str]:
    """Return the event catalog, and the page with its JSON of who looks at which field."""
    readers = {type: frozenset(readers) for type, readers in register().items()}
    return {CATALOG: event_catalog_markdown(readers), **consumers.files(looked_at(), CONSUMERS)}


# Each may read what those before it wrote.
GENERATORS: tuple[Callable[[], Mapping[Path, str]], ...] = (
    packages.files,
    names.files,
    contracts,
    goldens.payloads,
    goldens.sentences_and_wordings,
    pages,
    readmes.files,
)
# Folders in which a generated file of an event that is gone would be left behind.
FOLDERS = (PACKAGE / "schemas", goldens.PAYLOADS)


def main(arguments: Sequence[str]) -> int:
    """Write everything, or with --check only look; the exit code is 1 when something is stale or a promise broken."""
    asked = _command_line().parse_args(arguments)
    if asked.who:
        return who(*asked.who)
    if asked.check:
        return _check()
    for generate in GENERATORS:
        for path, text in generate().items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
    for path in forgotten():
        path.unlink()
    return keep.main([])


def stale() -> Iterator[str]:
    """Yield every file that is missing, out of date or of an event that is gone, and what nobody has kept yet."""
    for generate in GENERATORS:
        for path, text in generate().items():
            if not path.exists() or path.read_text("utf-8") != text:
                yield str(path)
    yield from map(str, forgotten())
    yield from (f"no sample of {type} in {RELEASED}" for type in keep.not_kept())
    for service in PUBLISHERS:
        yield from (f"no sample of {fact} of {service} in {facts.RELEASED}" for fact, _ in facts.not_kept(service))


def forgotten() -> list[Path]:
    """List the generated files of events that are gone."""
    known = {f"{type}.json" for type in EVENTS}
    return [path for folder in FOLDERS for path in sorted(folder.glob("*.json")) if path.name not in known]


def _check() -> int:
    found = list(dict.fromkeys(stale()))
    for each in found:
        print(f"stale: {each}", file=sys.stderr)
    if found:
        print("Generated documents are stale; `make contracts` writes them again.", file=sys.stderr)
    return 1 if found else 0


def who(type: str, field: str = "") -> int:
    """Print who consumes an event, or who looks at one field of it; 2 for an event that nobody knows."""
    if type not in last():
        print(f"{type} is no event; the types stand in {CATALOG.name}", file=sys.stderr)
        return 2
    print(*concerned(type, field), sep="\n")
    return 0


def _command_line() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tools.documents", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="only look; 1 when something is stale")
    parser.add_argument(
        "--who", nargs="+", metavar=("TYPE", "FIELD"), help="who consumes this event, or reads this field"
    )
    return parser


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

"""Write the documents that are generated from the code, say which are stale, or say who hears an event.

    python -m tools.documents [--check]
    python -m tools.documents --who crm.support.CaseResolved.v1 waited

They are the JSON Schemas and the AsyncAPI document of `crm_events`, `docs/event-catalog.md` with who hears what, and
`docs/consumers.md` with the fields that each of them looks at (`docs/consumers.json` says the same to programs).
`docs/features.md` is written by a run of the tests, for it says what they prove: `make docs` does both.
"""

import argparse
import importlib
import json
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import crm_history
from crm_eventlog.reactions import Deadline, Effect, Policy
from crm_events import EVENTS, PUBLISHERS
from crm_events.__main__ import main as generate
from crm_events.event import PublicEvent
from tests.contracts import consumers
from tests.contracts.listening import services
from tests.contracts.register import HISTORY, concerned, last
from tests.contracts.register import register as looked_at

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
    """Yield what a service hears, with the read model, policy, deadline or effect that it is for."""
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
    return f"crm.{event.PUBLISHER}.v1" in model.topics


def events_in(module: ModuleType) -> Iterator[type[PublicEvent]]:
    """Yield the events that a module imports: it imports what it hears."""
    known = set(EVENTS.values())
    return (each for each in vars(module).values() if isinstance(each, type) and each in known)


def main(arguments: Sequence[str]) -> int:
    """Write everything, or with --check only look; the exit code is 1 when something is stale."""
    asked = _command_line().parse_args(arguments)
    if asked.who:
        return who(*asked.who)
    with tempfile.NamedTemporaryFile("w", suffix=".json") as hears:
        json.dump(register(), hears)
        hears.flush()
        stale = generate(["check" if asked.check else "write", "--catalog", str(CATALOG), "--hears", hears.name])
    for path, text in consumers.files(looked_at(), CONSUMERS).items():
        if asked.check and (not path.exists() or path.read_text("utf-8") != text):
            print(f"stale: {path}", file=sys.stderr)
            stale = 1
        elif not asked.check:
            path.write_text(text, "utf-8")
    if stale:
        print("Generated documents are stale; `make docs` writes them again.", file=sys.stderr)
    return stale


def who(type: str, field: str = "") -> int:
    """Print who hears an event, or who looks at one field of it; 2 for an event that nobody knows."""
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
    parser.add_argument("--who", nargs="+", metavar=("TYPE", "FIELD"), help="who hears this event, or reads this field")
    return parser


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

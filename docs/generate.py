"""Write the documents that are generated from the code, or say which are stale: `python docs/generate.py [--check]`.

They are the JSON Schemas and the AsyncAPI document of `crm_events`, and `docs/event-catalog.md` with the register of
who hears what. `docs/features.md` is written by a run of the tests, for it says what they prove: `make docs` does both.
"""

import importlib
import json
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import crm_history
from crm_events import EVENTS, PUBLISHERS
from crm_events.__main__ import main as generate
from crm_events.event import PublicEvent

CATALOG = Path(__file__).parent / "event-catalog.md"
HISTORY = "every service: history"


def register() -> Mapping[str, list[str]]:
    """Every event type with its readers, as in {"crm.sales.OrderPlaced.v1": ["loyalty: points_for_an_order"]}."""
    readers = defaultdict(set)
    for service in PUBLISHERS:
        for event, reader in heard_by(service):
            readers[event.TYPE].add(f"{service}: {reader}")
    if all(keeps_the_history(service) for service in PUBLISHERS):
        for type in EVENTS:
            readers[type].add(HISTORY)
    return {type: sorted(names) for type, names in sorted(readers.items())}


def heard_by(service: str) -> Iterator[tuple[type[PublicEvent], str]]:
    """What a service hears, and which of its read models, policies, deadlines and effects it is for."""
    for model in importlib.import_module(f"crm_{service}.subscribers").READ_MODELS:
        if model.name != crm_history.READ_MODEL.name:
            yield from ((event, model.name) for event in events_in(module_of(model.project)) if on(event, model))
    policies = importlib.import_module(f"crm_{service}.policies")
    yield from ((each.whenever, each.name) for each in (*policies.POLICIES, *policies.DEADLINES))
    if find_spec(f"crm_{service}.effects"):
        effects = importlib.import_module(f"crm_{service}.effects")
        yield from ((event, "effects") for event in events_in(effects))


def keeps_the_history(service: str) -> bool:
    """Whether a service keeps the customers' history beside its own read models."""
    models = importlib.import_module(f"crm_{service}.subscribers").READ_MODELS
    return any(model.name == crm_history.READ_MODEL.name for model in models)


def module_of(function: Any) -> ModuleType:
    """Where a projection is written."""
    return importlib.import_module(function.__module__)


def on(event: type[PublicEvent], model: Any) -> bool:
    """Whether a read model reads the topic that carries this event."""
    return f"crm.{event.PUBLISHER}.v1" in model.topics


def events_in(module: ModuleType) -> Iterator[type[PublicEvent]]:
    """The events that a module imports: it imports what it hears."""
    known = set(EVENTS.values())
    return (each for each in vars(module).values() if isinstance(each, type) and each in known)


def main(arguments: Sequence[str]) -> int:
    """Write everything, or with --check only look; the exit code is 1 when something is stale."""
    check = "--check" in arguments
    with tempfile.NamedTemporaryFile("w", suffix=".json") as hears:
        json.dump(register(), hears)
        hears.flush()
        stale = generate(["check" if check else "write", "--catalog", str(CATALOG), "--hears", hears.name])
    if stale:
        print("Generated documents are stale; `make docs` writes them again.", file=sys.stderr)
    return stale


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

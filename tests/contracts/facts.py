"""Facts as they lie in the stores of five services: bytes of every fact of every version, kept for ever.

The states are made up (`states.py`), and written by the service's own mapper: so they are what the store would hold.
"""

import importlib
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from eventsourcing.persistence import StoredEvent

from crm_eventlog.facts import FactMapper, fields_of
from crm_events import PUBLISHERS
from tests.contracts.states import STREAM, facts_of

RELEASED = Path(__file__).parent / "released" / "facts"
WAY_OUT = (
    "Way out: leave the fact as it was, or class_version = {newer} on its class with "
    "`upcast_v{older}_v{newer}(state)`, which mends the raw dict of an old state (docs/how-to/add-an-event.md)"
)


class Stored(NamedTuple):
    """A fact in a store: the release that wrote it, its name with its version, and its bytes as text."""

    release: str
    topic: str
    state: str

    @property
    def fact(self) -> str:
        """Its name."""
        return self.topic.partition(".v")[0]

    @property
    def version(self) -> int:
        """The version of its class that wrote it."""
        return int(self.topic.partition(".v")[2] or 1)


@cache
def mapper(service: str) -> FactMapper:
    """Return the mapper that writes and reads the facts of a service."""
    return FactMapper(importlib.import_module(f"crm_{service}.service").SERVICE.aggregates)


def stored(service: str, folder: Path = RELEASED) -> list[Stored]:
    """Return every fact of a service that was ever kept."""
    path = folder / f"{service}.jsonl"
    return [Stored(**json.loads(line)) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def unreadable(services: tuple[str, ...] = PUBLISHERS, folder: Path = RELEASED) -> list[str]:
    """Name what today's code no longer reads as it was written: the fact, the field, and the way out."""
    return [
        f"{service}: {one.topic} of {one.release}: {trouble}. "
        + WAY_OUT.format(older=one.version, newer=one.version + 1)
        for service in services
        for one in stored(service, folder)
        if (trouble := _trouble(mapper(service), one))
    ]


def not_kept(service: str, folder: Path = RELEASED, by: FactMapper | None = None) -> list[tuple[str, str]]:
    """(name with version, state) of what today's code writes and nobody has kept yet."""
    kept = {(one.topic, one.state) for one in stored(service, folder)}
    by = by or mapper(service)
    written = (by.to_stored_event(fact) for name, kind in by.classes.items() for fact in facts_of(name, kind))
    return [each for one in written if (each := (one.topic, one.state.decode())) not in kept]


def keep(release: str, folder: Path = RELEASED) -> Iterator[str]:
    """Add what is not kept yet."""
    for service in PUBLISHERS:
        for topic, state in not_kept(service, folder):
            with (folder / f"{service}.jsonl").open("a", encoding="utf-8") as file:
                file.write(json.dumps(Stored(release, topic, state)._asdict(), ensure_ascii=False) + "\n")
            yield f"{service}: {topic}"


def _trouble(by: FactMapper, one: Stored) -> str | None:
    """Say why a stored fact is not read as it was written."""
    at = StoredEvent(originator_id=STREAM, originator_version=1, topic=one.topic, state=one.state.encode())
    try:
        again = by.to_stored_event(by.to_domain_event(at))
    except Exception as error:  # noqa: BLE001 - whatever it raises, the fact cannot be read
        return _lacking(by, one) or f"{type(error).__name__}: {error}"
    if again.topic != one.topic:
        return None
    return "; ".join(_differences(json.loads(one.state), json.loads(again.state), "")) or None


def _lacking(by: FactMapper, one: Stored) -> str:
    """Return the fields that today's class has and the stored state has not."""
    kind = by.classes.get(one.fact)
    if kind is None or getattr(kind, "class_version", 1) != one.version:
        return ""
    lacking = sorted(fields_of(kind).keys() - json.loads(one.state).keys())
    return f"field {', '.join(lacking)} is not in what was stored" if lacking else ""


def _differences(before: Any, now: Any, field: str) -> Iterator[str]:
    if isinstance(before, dict) and isinstance(now, dict):
        for name in sorted(before.keys() | now.keys()):
            path = f"{field}.{name}" if field else name
            if name not in now:
                yield f"field {path} was stored and is lost"
            elif name not in before:
                yield f"field {path} is not in what was stored"
            else:
                yield from _differences(before[name], now[name], path)
    elif isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        for one, other in zip(before, now, strict=True):
            yield from _differences(one, other, f"{field}[]")
    elif before != now:
        yield f"field {field} was stored as {before} and reads as {now}"

"""Everything ever released of each event: its shapes, and records as they lay in the log. Lines are only added."""

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from crm_eventlog.log.headers import Headers
from tests.contracts.compatibility import ReleasedSchema

RELEASED = Path(__file__).parent / "released" / "events"


class Sample(NamedTuple):
    """A record of the log: its key, what it says, and its headers as text."""

    key: str
    value: str
    headers: Mapping[str, str]

    @property
    def type(self) -> str:
        """The type of its event."""
        return self.headers["ce_type"]

    @property
    def content(self) -> dict[str, Any]:
        """Its value as plain JSON."""
        content: dict[str, Any] = json.loads(self.value)
        return content

    @property
    def position(self) -> tuple[int, int]:
        """The partition, and its place there."""
        part, _, pos = self.headers["ce_position"].partition(":")
        return int(part), int(pos)

    @property
    def raw_headers(self) -> Headers:
        """The headers as bytes."""
        return tuple((name, text.encode()) for name, text in self.headers.items())


class Kept(NamedTuple):
    """One line of an event's file: a record, and the shape it has where that is another than the line's before."""

    release: str
    record: Sample
    schema: dict[str, Any] | None


class History(NamedTuple):
    """Everything kept of one type."""

    type: str
    lines: tuple[Kept, ...]

    @property
    def schemas(self) -> list[ReleasedSchema]:
        """Every shape it ever had, the oldest first."""
        return [ReleasedSchema(line.release, line.schema) for line in self.lines if line.schema is not None]


@lru_cache
def histories(folder: Path = RELEASED) -> Mapping[str, History]:
    """Return everything that was ever released, by type."""
    return {path.stem: History(path.stem, tuple(_lines(path))) for path in sorted(folder.glob("*.jsonl"))}


def ages(folder: Path = RELEASED) -> range:
    """Return the ages for which a log can be asked: one for every shape that any event ever had."""
    return range(max(len(groups) for groups in _by_age(folder).values()))


def story(age: int, folder: Path = RELEASED) -> list[Sample]:
    """Return the log of this age, 0 the oldest: every event in one of its shapes, in the order of what happened."""
    chosen = [groups[min(age, len(groups) - 1)] for groups in _by_age(folder).values()]
    return sorted((sample for group in chosen for sample in group), key=lambda each: each.headers["ce_time"])


def latest(name: str, folder: Path = RELEASED) -> list[Sample]:
    """Return the records of an event's newest shape, whatever its version; none for an event never kept."""
    return _by_age(folder).get(name, [[]])[-1]


def name_of(type: str) -> str:
    """Return the event, whatever its version."""
    return type.rpartition(".v")[0]


def _by_age(folder: Path) -> Mapping[str, list[list[Sample]]]:
    """Return the records of each event, one shape after the other, through all of its versions."""
    groups: dict[str, list[list[Sample]]] = {}
    for each in sorted(histories(folder).values(), key=lambda each: (len(each.type), each.type)):
        of_event = groups.setdefault(name_of(each.type), [])
        for line in each.lines:
            if line.schema is not None:
                of_event.append([])
            of_event[-1].append(line.record)
    return groups


def add(line: Kept, folder: Path = RELEASED) -> None:
    """Keep one more line; none is ever changed."""
    content = {"release": line.release, "record": line.record._asdict()}
    content |= {"schema": line.schema} if line.schema is not None else {}
    with (folder / f"{line.record.type}.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(content, ensure_ascii=False) + "\n")
    histories.cache_clear()


def stream_of(content: Mapping[str, Any]) -> UUID:
    """Return the record an event belongs to: the first id it names that is not the customer's."""
    ids = [value for name, value in content.items() if name.endswith("_id") and name != "customer_id"]
    return UUID(ids[0] if ids else content["customer_id"])


def _lines(path: Path) -> Iterator[Kept]:
    for line in path.read_text("utf-8").splitlines():
        content = json.loads(line)
        yield Kept(content["release"], Sample(**content["record"]), content.get("schema"))

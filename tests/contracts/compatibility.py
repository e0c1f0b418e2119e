"""Compatibility of today's events with the records and the readers of every earlier release.

Readers are open, so an optional field more is compatible. Whatever else changes, one side trips over it: a reader of
today over an old record (backward), or an old reader over a record of today (forward).
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from crm_events.json_schema import JsonObject
from crm_events.versions import Versions
from tests.contracts.schema_diff import Change, Difference, differences


class ReleasedSchema(NamedTuple):
    """The JSON Schema of an event in one release."""

    release: str
    schema: JsonObject


class Direction(Enum):
    """The side that trips: readers of today over old records (backward), old readers over records of today, or both."""

    BACKWARD = "records of {release} can no longer be read"
    FORWARD = "readers of {release} cannot read it"
    FULL = "records and readers of {release} are cut off"


DIRECTIONS: Mapping[Change, Direction] = {
    Change.FIELD_REMOVED: Direction.FORWARD,
    Change.FIELD_RENAMED: Direction.FULL,
    Change.REQUIRED_FIELD_ADDED: Direction.BACKWARD,
    Change.FIELD_MADE_REQUIRED: Direction.BACKWARD,
    Change.FIELD_MADE_OPTIONAL: Direction.FORWARD,
    Change.VALUE_REMOVED: Direction.BACKWARD,
    Change.VALUE_ADDED: Direction.FORWARD,
    Change.MADE_NULLABLE: Direction.FORWARD,
    Change.NO_LONGER_NULLABLE: Direction.BACKWARD,
    Change.TYPE_CHANGED: Direction.FULL,
    Change.TYPE_NARROWED: Direction.BACKWARD,
    Change.TYPE_WIDENED: Direction.FORWARD,
    Change.BOUNDS_TIGHTENED: Direction.BACKWARD,
    Change.BOUNDS_LOOSENED: Direction.FORWARD,
    Change.FORMAT_CHANGED: Direction.FULL,
    Change.DEFAULT_CHANGED: Direction.FULL,
    Change.CLOSED: Direction.FORWARD,
    Change.EVENT_GONE: Direction.BACKWARD,
}


@dataclass(frozen=True, slots=True)
class Incompatibility:
    """A promise that is no longer kept: of which event, in which field, by which rule, and against which release."""

    event: str
    release: str
    field: str
    change: Change
    detail: str

    def __str__(self) -> str:
        about = f"{self.event}, {f'field {self.field}' if self.field else 'the event itself'}"
        trips = DIRECTIONS[self.change].value.format(release=self.release)
        return f"{about}: {self.change.value} ({self.detail}); {trips}. Way out: {self.hint}"

    @property
    def hint(self) -> str:
        """Say what to do instead."""
        name, _, version = self.event.rpartition(".v")
        older, newer = int(version), int(version) + 1
        anew = (
            f"say {name}.v{newer} instead: VERSION = {newer} and `upcast_v{older}_v{newer}(raw)` on the class, which "
            "mends the raw dict of an old record (docs/how-to/add-an-event.md)"
        )
        match self.change:
            case Change.REQUIRED_FIELD_ADDED | Change.FIELD_MADE_REQUIRED:
                return f"give the field a default, or {anew}"
            case Change.CLOSED:
                return "leave readers open: no additionalProperties false in a schema"
            case Change.EVENT_GONE:
                return f"leave the class in the catalog even if the event is no longer published, or {anew}"
            case _:
                return f"leave the field as it was and add an optional one beside it, or {anew}"


def incompatibilities(
    released: Mapping[str, Sequence[ReleasedSchema]], now: Mapping[str, JsonObject], upcast: Collection[str] = ()
) -> list[Incompatibility]:
    """Name what the schemas of today (by event type) no longer keep of any earlier one; empty when all only grew.

    `upcast` are the types of older versions whose records are read as a newer one: those need no schema of their own.
    An incompatibility that several releases share is named once, against the oldest.
    """
    found: dict[tuple[str, Difference], Incompatibility] = {}
    for type, shapes in released.items():
        for shape in shapes:
            for each in _changed(shape.schema, now.get(type), gone=type not in upcast):
                found.setdefault((type, each), Incompatibility(type, shape.release, *each))
    return list(found.values())


def is_upcast(type: str, versions: Versions) -> bool:
    """Tell whether a record of this older version becomes the newest, step by step."""
    event, (_, _, number) = versions.newest(type), type.rpartition(".v")
    older = int(number) if number.isdecimal() else 0
    steps = range(older, event.VERSION if event else 0)
    return older > 0 and len(steps) > 0 and all(hasattr(event, f"upcast_v{step}_v{step + 1}") for step in steps)


def _changed(before: JsonObject, now: JsonObject | None, *, gone: bool) -> Iterator[Difference]:
    if now is not None:
        yield from differences(before, now)
    elif gone:
        yield Difference("", Change.EVENT_GONE, "no class and no newer version reads it")

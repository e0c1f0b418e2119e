"""The gate: whether records and readers of every earlier release still work with the events of today.

Readers are open, so a field more is growth. Whatever else changes, one side trips over it: a reader of today over an
old record (backwards), or an old reader over a record of today (forwards).
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from crm_events.json_schema import JsonObject
from crm_events.shapes import Change, Found, changes


class Shape(NamedTuple):
    """What a release promised of one event: its JSON Schema."""

    release: str
    schema: JsonObject


class Side(Enum):
    """Who trips: a reader of today over a record of the release, a reader of the release over one of today, or both."""

    BACKWARDS = "records of {release} cannot be read any more"
    FORWARDS = "readers of {release} cannot read it"
    BOTH = "records and readers of {release} are cut off"


SIDES: Mapping[Change, Side] = {
    Change.FIELD_REMOVED: Side.FORWARDS,
    Change.FIELD_RENAMED: Side.BOTH,
    Change.REQUIRED_FIELD_ADDED: Side.BACKWARDS,
    Change.FIELD_MADE_REQUIRED: Side.BACKWARDS,
    Change.FIELD_MADE_OPTIONAL: Side.FORWARDS,
    Change.VALUE_REMOVED: Side.BACKWARDS,
    Change.VALUE_ADDED: Side.FORWARDS,
    Change.MADE_NULLABLE: Side.FORWARDS,
    Change.NO_LONGER_NULLABLE: Side.BACKWARDS,
    Change.TYPE_CHANGED: Side.BOTH,
    Change.TYPE_NARROWED: Side.BACKWARDS,
    Change.TYPE_WIDENED: Side.FORWARDS,
    Change.BOUNDS_TIGHTENED: Side.BACKWARDS,
    Change.BOUNDS_LOOSENED: Side.FORWARDS,
    Change.FORMAT_CHANGED: Side.BOTH,
    Change.DEFAULT_CHANGED: Side.BOTH,
    Change.CLOSED: Side.FORWARDS,
    Change.EVENT_GONE: Side.BACKWARDS,
}


@dataclass(frozen=True, slots=True)
class Break:
    """A promise that is no longer kept: of which event, in which field, by which rule, and against which release."""

    event: str
    release: str
    field: str
    change: Change
    detail: str

    def __str__(self) -> str:
        about = f"{self.event}, {f'field {self.field}' if self.field else 'the event itself'}"
        trips = SIDES[self.change].value.format(release=self.release)
        return f"{about}: {self.change.value} ({self.detail}); {trips}. Way out: {self.way_out}"

    @property
    def way_out(self) -> str:
        """What to do instead."""
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
                return f"leave the class in the catalog even if nobody says the event any more, or {anew}"
            case _:
                return f"leave the field as it was and add an optional one beside it, or {anew}"


def broken_promises(
    released: Mapping[str, Sequence[Shape]], now: Mapping[str, JsonObject], upcast: Collection[str] = ()
) -> list[Break]:
    """What the schemas of today (by event type) no longer keep of any earlier shape; empty when all only grew.

    `upcast` are the types of older versions whose records are read as a newer one: those need no schema of their own.
    A break that several releases share is named once, against the oldest.
    """
    found: dict[tuple[str, Found], Break] = {}
    for type, shapes in released.items():
        for shape in shapes:
            for each in _changed(shape.schema, now.get(type), gone=type not in upcast):
                found.setdefault((type, each), Break(type, shape.release, *each))
    return list(found.values())


def _changed(before: JsonObject, now: JsonObject | None, *, gone: bool) -> Iterator[Found]:
    if now is not None:
        yield from changes(before, now)
    elif gone:
        yield Found("", Change.EVENT_GONE, "no class and no newer version reads it")

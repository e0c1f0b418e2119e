"""A minimal service for the tests of the platform: notes about customers."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import Column, Connection, Integer, MetaData, Table, Text, Uuid, select

from crm_eventlog.aggregate import Aggregate, DomainError, event
from crm_eventlog.application import Application, CommandResult, Handler, command_of, registry_of
from crm_eventlog.command import Command
from crm_eventlog.command_context import CommandContext
from crm_eventlog.envelope import CloudEvent
from crm_eventlog.projection import ReadModel, insert_or_ignore
from crm_eventlog.store import EventStore

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
PARTITIONS = 4
TOPIC = "crm.notes.v1"


class NoteClosed(DomainError):
    """A closed note that is edited."""


class Note(Aggregate):
    """A remark about a customer, from writing to closing."""

    class Written(Aggregate.Created):
        note_id: UUID
        customer_id: UUID
        text: str

    class Edited(Aggregate.Event):
        text: str

    class Closed(Aggregate.Event):
        remark: str | None

    @staticmethod
    def create_id(note_id: UUID) -> UUID:
        return note_id

    @event(Written)
    def __init__(self, note_id: UUID, customer_id: UUID, text: str) -> None:
        self.customer_id, self.text, self.closed = customer_id, text, False

    @property
    def partition_key(self) -> UUID:
        return self.customer_id

    def edit(self, text: str) -> None:
        if self.closed:
            raise NoteClosed("note_id", self.id)
        self._edited(text=text)

    @event(Edited)
    def _edited(self, text: str) -> None:
        self.text = text

    def close(self) -> None:
        if self.closed:
            raise NoteClosed("note_id", self.id)
        self._closed(remark=None)

    @event(Closed)
    def _closed(self, remark: str | None) -> None:
        self.closed = True


class WriteNote(Command):
    """Write a remark about a customer."""

    customer_id: UUID
    text: str


class EditNote(Command):
    """Change a remark."""

    note_id: UUID
    text: str


class CloseNote(Command):
    """Close a remark."""

    note_id: UUID


def write_note(command: WriteNote, app: Application, context: CommandContext) -> CommandResult:
    note = Note(note_id=context.new_id("note"), customer_id=command.customer_id, text=command.text)
    return app.save(note, context=context)


def edit_note(command: EditNote, app: Application, context: CommandContext) -> CommandResult:
    note = app.load(Note, command.note_id, expected_version=context.expected_version)
    note.edit(command.text)
    return app.save(note, context=context)


def close_note(command: CloseNote, app: Application, context: CommandContext) -> CommandResult:
    note = app.load(Note, command.note_id, expected_version=context.expected_version)
    note.close()
    return app.save(note, context=context)


class Notes(Application):
    """Notes, one handler per command."""

    name = "notes"

    def __init__(self, store: EventStore, *handlers: Handler, aggregates: Sequence[type[Aggregate]] = (Note,)) -> None:
        instead = registry_of(handlers)
        usual = [each for each in (write_note, edit_note, close_note) if command_of(each) not in instead]
        super().__init__(store, aggregates=aggregates, handlers=[*usual, *handlers])


class NoteWritten(BaseModel, frozen=True):
    """A note was written."""

    TYPE: ClassVar[str] = "crm.notes.NoteWritten.v1"
    note_id: UUID
    customer_id: UUID
    text: str


class NoteClosedEvent(BaseModel, frozen=True):
    """A note was closed."""

    TYPE: ClassVar[str] = "crm.notes.NoteClosed.v1"
    note_id: UUID
    customer_id: UUID


PUBLIC = {kind.TYPE: kind for kind in (NoteWritten, NoteClosedEvent)}


def publish(fact: Any, customer_id: UUID) -> BaseModel | None:
    """Publish notes that are written or closed. Editing stays private."""
    match fact:
        case Note.Written():
            return NoteWritten(note_id=fact.note_id, customer_id=customer_id, text=fact.text)
        case Note.Closed():
            return NoteClosedEvent(note_id=fact.originator_id, customer_id=customer_id)
        case _:
            return None


def parse(type_name: str, payload: bytes) -> BaseModel | None:
    """Parse an event of the topic, or return None for an unknown type."""
    return PUBLIC[type_name].model_validate_json(payload) if type_name in PUBLIC else None


all_notes = Table(
    "all_notes",
    MetaData(),
    Column("event_id", Uuid, primary_key=True),
    Column("customer_id", Uuid, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("type", Text, nullable=False),
)


class Unprojectable(Exception):
    """A note that the projection of these tests cannot process."""


def project(events: Sequence[CloudEvent], db: Connection) -> None:
    """Insert a row per event. Fail on a note that says `poison`."""
    if any(getattr(event.data, "text", "") == "poison" for event in events):
        raise Unprojectable
    rows = [
        {"event_id": e.id, "customer_id": e.data.customer_id, "sequence": e.sequence, "type": e.type} for e in events
    ]
    insert_or_ignore(db, all_notes, rows)


ALL_NOTES = ReadModel("all_notes", 1, (all_notes,), frozenset({TOPIC}), project)


def rows_of(engine: Any) -> list[tuple[Any, ...]]:
    """Return the rows of the read model, sorted."""
    with engine.connect() as db:
        return [tuple(row) for row in db.execute(select(all_notes).order_by(all_notes.c.event_id))]


def context(command_id: str, **changes: Any) -> CommandContext:
    """Return the context of a command, at noon on the web by default."""
    usual: dict[str, Any] = {
        "actor": "li",
        "role": "clerk",
        "unit": "CN-GZ-TIANHE",
        "channel": "web",
        "occurred_at": NOON,
        "recorded_at": NOON + timedelta(minutes=5),
        "correlation_id": "story",
    }
    return CommandContext(command_id=command_id, **(usual | changes))

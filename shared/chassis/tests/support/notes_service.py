"""A minimal service: notes that are taken, and struck out once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field, field_validator
from pydantic_settings import SettingsConfigDict
from sqlalchemy import Column, Connection, MetaData, Table, Uuid, select, tuple_
from sqlalchemy import Text as Words

from crm_chassis.service import Service
from crm_chassis.settings import ServiceSettings
from crm_chassis.slice import Slice
from crm_chassis.web import Page, Paged, Paging, ReadConnection, ReaderLanguage
from crm_eventlog.aggregate import Aggregate, DomainError, LocalizedText, event
from crm_eventlog.application import Application, CommandResult
from crm_eventlog.columns import Instant
from crm_eventlog.command import Command
from crm_eventlog.command_context import CommandContext
from crm_eventlog.envelope import CloudEvent
from crm_eventlog.projection import ReadModel, insert_or_ignore


class NoteAlreadyStruck(DomainError):
    """A note is struck out once."""

    message = LocalizedText("A note is struck out only once.", "一条便签只能划去一次。")
    hint = LocalizedText("Take a new note.", "请另写一条便签。")


class WordsAreShouted(DomainError, ValueError):
    """A note is written in small letters."""

    message = LocalizedText("A note does not shout.", "便签不得全部大写。")
    hint = LocalizedText("Write it in small letters.", "请使用小写字母。")


class Note(Aggregate):
    """Some words about a customer, taken and later struck out."""

    class Taken(Aggregate.Created):
        note_id: UUID
        words: str

    class Struck(Aggregate.Event):
        pass

    @staticmethod
    def create_id(note_id: UUID) -> UUID:
        return note_id

    @event(Taken)
    def __init__(self, note_id: UUID, words: str) -> None:
        self.words = words
        self.struck = False

    def strike(self) -> None:
        """Strike the note out."""
        if self.struck:
            raise NoteAlreadyStruck("note_id", self.id)
        self._struck()

    @event(Struck)
    def _struck(self) -> None:
        self.struck = True


class TakeNote(Command):
    """Take a note."""

    note_id: UUID | None = None
    words: str = Field(min_length=1, max_length=200)
    stars: int = Field(default=0, ge=0, le=5)
    page: int = 1
    read_again_at: datetime | None = None

    @field_validator("words")
    @classmethod
    def _quiet(cls, words: str) -> str:
        if words.isascii() and words.isupper():
            raise WordsAreShouted("words", words)
        return words


class StrikeNote(Command):
    """Strike a note out."""

    note_id: UUID


class BreakDown(Command):
    """Fail with an unexpected error."""


class NoteTaken(BaseModel, frozen=True):
    """A note was taken."""

    TYPE: ClassVar[str] = "crm.notes.NoteTaken.v1"
    note_id: UUID
    words: str


def take_note(command: TakeNote, app: Application, context: CommandContext) -> CommandResult:
    """Take a note, now or as reported."""
    note = Note(note_id=command.note_id or context.new_id("note"), words=command.words)
    return app.save(note, context=context)


def strike_note(command: StrikeNote, app: Application, context: CommandContext) -> CommandResult:
    note = app.load(Note, command.note_id, expected_version=context.expected_version)
    note.strike()
    return app.save(note, context=context)


def break_down(command: BreakDown, app: Application, context: CommandContext) -> CommandResult:
    """Fail, to show what callers learn of it."""
    raise RuntimeError("the secret of the house is 4711")


def publish(fact: object, customer_id: UUID) -> BaseModel | None:
    """Publish taken notes, and keep those struck out private."""
    match fact:
        case Note.Taken():
            return NoteTaken(note_id=fact.originator_id, words=fact.words)  # type: ignore[attr-defined]
        case _:
            return None


notes = Table(
    "notes",
    MetaData(),
    Column("note_id", Uuid, primary_key=True),
    Column("words", Words, nullable=False),
    Column("taken_at", Instant, nullable=False),
)


def project(events: Sequence[CloudEvent], db: Connection) -> None:
    """Insert a row for every note that was taken."""
    rows = [
        {"note_id": event.data.note_id, "words": event.data.words, "taken_at": event.time}
        for event in events
        if isinstance(event.data, NoteTaken)
    ]
    insert_or_ignore(db, notes, rows)


class NoteShown(BaseModel):
    """A note as its reader sees it."""

    note_id: UUID
    words: str
    language: str


router = APIRouter(tags=["notes"])


@router.get("/notes")
def all_notes(db: ReadConnection, paging: Paged, language: ReaderLanguage) -> Page[NoteShown]:
    """Return all notes, oldest first."""
    return page_of_notes(db, paging, language)


@router.post("/notes/scribble", status_code=204)
def scribble(db: ReadConnection) -> None:
    """Try to write on a read-only connection."""
    db.execute(
        notes.insert().values(note_id=UUID(int=1), words="", taken_at=datetime.fromisoformat("2026-01-01T00:00Z"))
    )


def page_of_notes(db: Connection, paging: Paging, language: str) -> Page[NoteShown]:
    """Return one page of notes, in the order they were taken."""
    query = select(notes).order_by(notes.c.taken_at, notes.c.note_id).limit(paging.fetch)
    if key := paging.after(datetime, UUID):
        query = query.where(tuple_(notes.c.taken_at, notes.c.note_id) > tuple_(*key, types=(Instant, Uuid)))
    return paging.page(
        db.execute(query).all(),
        item=lambda row: NoteShown(note_id=row.note_id, words=row.words, language=language),
        key=lambda row: (row.taken_at, row.note_id),
    )


class Settings(ServiceSettings):
    """The settings of the notes service."""

    model_config = SettingsConfigDict(env_prefix="CRM_NOTES_")


def parse(kind: str, payload: bytes) -> NoteTaken | None:
    """Parse the only event of the notes service."""
    return NoteTaken.model_validate_json(payload) if kind == NoteTaken.TYPE else None


READ_MODEL = ReadModel(name="notes", version=1, tables=(notes,), topics=frozenset({"crm.notes.v1"}), project=project)

NOTES = Slice(
    name="notes",
    aggregates=(Note,),
    handlers=(take_note, strike_note, break_down),
    publish=publish,
    read_models=(READ_MODEL,),
    routers=(router,),
)
SERVICE = Service(
    name="notes", about="Notes, as small as a service can be.", slices=(NOTES,), settings=Settings, parse=parse
)


def notes_with(name: str = "notes", **changes: Any) -> Service:
    """Return the service under another name, or with a slice that differs in these fields."""
    return replace(SERVICE, name=name, slices=(replace(NOTES, **changes),))

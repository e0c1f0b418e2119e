"""Policies and deadlines: once per event and once per deadline, whatever is delivered again."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from crm_eventlog.application import Application, CommandResult
from crm_eventlog.command_context import CommandContext
from crm_eventlog.log import LogRecord
from crm_eventlog.reactions import CancelDeadline, Deadline, Effect, Policy, Reactor, ScheduleDeadline, Ticker
from crm_eventlog.store import Conflict
from crm_eventlog.tables import checkpoints, deadlines, reactions
from shared.eventlog.tests.support.notes import (
    NOON,
    PARTITIONS,
    TOPIC,
    CloseNote,
    Note,
    NoteClosedEvent,
    Notes,
    NoteWritten,
    WriteNote,
    context,
    parse,
)
from shared.eventlog.tests.support.records import record

DAY = timedelta(days=1)
# The reactor receives everything hours after it happened.
HEARD_AT = NOON + timedelta(hours=3)


def close_what_was_said(event: NoteWritten, _: datetime) -> CloseNote | None:
    """Whenever a note asks to close another, close that one."""
    return CloseNote(note_id=UUID(event.text)) if event.text != "asks" else None


def close_after_a_day(event: NoteWritten, at: datetime) -> ScheduleDeadline:
    """Whenever a note is written, close it after a day."""
    return ScheduleDeadline("close_old_note", event.customer_id, at + DAY, CloseNote(note_id=UUID(event.text)))


def close_no_more(event: NoteClosedEvent, _: datetime) -> CancelDeadline:
    """Whenever a note was closed, cancel its deadline."""
    return CancelDeadline("close_old_note", event.customer_id)


def reactor_of(notes: Notes, **reactions_of_it: Any) -> Reactor:
    reactor = Reactor(
        notes, parse, lambda: HEARD_AT, topics=frozenset({TOPIC}), partitions=PARTITIONS, **reactions_of_it
    )
    reactor.prepare()
    return reactor


@pytest.fixture
def an_open_note(notes: Notes) -> UUID:
    return notes.execute(WriteNote(customer_id=uuid4(), text="asks"), context("write")).id


def outcomes(notes: Notes) -> list[tuple[str, str, str | None]]:
    with notes.store.engine.connect() as db:
        columns = reactions.c.reaction, reactions.c.outcome, reactions.c.reason
        return [tuple(row) for row in db.execute(select(*columns).order_by(reactions.c.command_id))]


def test_a_policy_gives_its_command_once_however_often_the_event_is_heard(notes: Notes, an_open_note: UUID) -> None:
    policy = Policy(NoteWritten, close_what_was_said)
    heard = record(0, text=str(an_open_note))
    reactor_of(notes, policies=[policy]).process_batch([heard])

    # Another database position of the same event, as after a relay's crash.
    reactor_of(notes, policies=[policy]).process_batch([heard, heard._replace(offset=1)])

    assert notes.load(Note, an_open_note).version == 2
    assert outcomes(notes) == [("close_what_was_said", "done", None)]


def test_a_refused_command_is_an_answer_and_its_reason_is_kept(notes: Notes) -> None:
    reactor_of(notes, policies=[Policy(NoteWritten, close_what_was_said)]).process_batch([record(0, text=str(uuid4()))])

    ((_, outcome, reason),) = outcomes(notes)

    assert outcome == "refused"
    assert reason.startswith("NotFound")


def deadline_steps() -> list[Deadline]:
    return [Deadline(NoteWritten, close_after_a_day), Deadline(NoteClosedEvent, close_no_more)]


def test_a_deadline_fires_once_when_its_time_has_come(notes: Notes, an_open_note: UUID) -> None:
    reactor_of(notes, deadlines=deadline_steps()).process_batch([record(0, text=str(an_open_note))])

    assert Ticker(notes, lambda: NOON + DAY - timedelta(seconds=1)).tick() == 0
    assert Ticker(notes, lambda: NOON + DAY).tick() == 1
    assert Ticker(notes, lambda: NOON + 2 * DAY).tick() == 0

    assert notes.load(Note, an_open_note).closed
    assert outcomes(notes) == [("close_old_note", "done", None)]


def test_a_cleared_deadline_never_fires(notes: Notes, an_open_note: UUID) -> None:
    reactor = reactor_of(notes, deadlines=deadline_steps())

    reactor.process_batch([record(0, text=str(an_open_note)), closed(1)])

    assert Ticker(notes, lambda: NOON + 9 * DAY).tick() == 0


def test_a_deadline_heard_again_after_it_fired_does_not_fire_again(notes: Notes, an_open_note: UUID) -> None:
    heard = record(0, text=str(an_open_note))
    reactor_of(notes, deadlines=deadline_steps()).process_batch([heard])
    Ticker(notes, lambda: NOON + DAY).tick()
    with notes.store.engine.begin() as db:
        # The checkpoints are lost.
        db.execute(update(checkpoints).values(next_offset=0, pos=0))

    reactor_of(notes, deadlines=deadline_steps()).process_batch([heard])

    assert Ticker(notes, lambda: NOON + 9 * DAY).tick() == 0


def test_two_workers_fire_a_deadline_once(notes: Notes, an_open_note: UUID) -> None:
    reactor_of(notes, deadlines=deadline_steps()).process_batch([record(0, text=str(an_open_note))])
    first, second = Ticker(notes, lambda: NOON + DAY), Ticker(notes, lambda: NOON + DAY)
    with notes.store.engine.connect() as db:
        (row,) = db.execute(select(deadlines)).all()

    fired = [first._fire(row, NOON + DAY), second._fire(row, NOON + DAY)]

    assert [outcome.outcome for outcome in fired] == ["done", "done"]
    assert notes.load(Note, an_open_note).version == 2


def test_an_effect_is_called_with_the_whole_event(notes: Notes) -> None:
    felt: list[Any] = []
    reactor = reactor_of(notes, effects=[Effect(NoteWritten, felt.append)])

    reactor.process_batch([record(0)])
    reactor.process_batch([record(0)])

    assert [event.data.text for event in felt] == ["asks"]


def closed(offset: int) -> LogRecord:
    """Return the note of partition 0, closed a moment after noon."""
    written = record(offset)
    headers = tuple(
        (name, b"crm.notes.NoteClosed.v1" if name == "ce_type" else b"2026-11-02T12:00:01Z" if name == "ce_time" else v)
        for name, v in written.headers
    )
    return written._replace(headers=headers)


def lose_every_race(command: CloseNote, app: Application, context: CommandContext) -> CommandResult:
    raise Conflict("events_stream_key")


def test_a_lost_race_is_no_poison_the_event_comes_again(notes: Notes, an_open_note: UUID) -> None:
    policy = Policy(NoteWritten, close_what_was_said)
    heard = record(0, text=str(an_open_note))
    slower = reactor_of(Notes(notes.store, lose_every_race), policies=[policy])

    with pytest.raises(Conflict):
        slower.process_batch([heard])

    assert slower.stopped == {}
    reactor_of(notes, policies=[policy]).process_batch([heard])
    assert notes.load(Note, an_open_note).closed

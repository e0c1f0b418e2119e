"""A policy that fails for one customer delays that customer only. Redriven, each command is executed once, in order."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from crm_eventlog.consumer import ParkingFull, list_parked, redrive
from crm_eventlog.consumer.checkpoint import Reader
from crm_eventlog.log import LogRecord
from crm_eventlog.reactions import Policy, Reactor
from crm_eventlog.tables import reactions
from shared.eventlog.tests.support.notes import (
    NOON,
    PARTITIONS,
    TOPIC,
    EditNote,
    Notes,
    NoteWritten,
    WriteNote,
    context,
    parse,
)
from shared.eventlog.tests.support.records import record

Then = Callable[[NoteWritten, datetime], EditNote | None]


@pytest.fixture
def journal(notes: Notes) -> UUID:
    """Create a note that the policy writes into."""
    return notes.execute(WriteNote(customer_id=uuid4(), text="begins"), context("write")).id


def of(customer: int, offset: int, text: str) -> LogRecord:
    """Return a note of one of several customers in the same partition."""
    return record(offset, text=text)._replace(key=str(UUID(int=customer)).encode())


HEARD = [of(1, 0, "a"), of(2, 1, "x"), of(1, 2, "poison"), of(2, 3, "y"), of(1, 4, "b"), of(2, 5, "z"), of(1, 6, "c")]


def reactor_of(notes: Notes, write: Then, **options: Any) -> Reactor:
    reactor = Reactor(
        notes,
        parse,
        lambda: NOON,
        policies=[Policy(NoteWritten, write)],
        topics=frozenset({TOPIC}),
        partitions=PARTITIONS,
        **options,
    )
    reactor.prepare()
    return reactor


def writing(journal: UUID, *, bears_poison: bool) -> Then:
    """Return the policy, with its error or without it."""

    def write_into_the_journal(event: NoteWritten, _: datetime) -> EditNote | None:
        """Whenever a note is written, write it into the journal."""
        if event.text == "poison" and not bears_poison:
            raise ValueError("of this customer nothing can be written")
        return EditNote(note_id=journal, text=event.text)

    return write_into_the_journal


def written(notes: Notes) -> list[str]:
    """Return the entries of the journal, in order."""
    facts = [fact for part in range(PARTITIONS) for fact in notes.store.read(part, 0, 100)]
    edited = sorted((fact for fact in facts if fact.topic == "Note.Edited"), key=lambda fact: fact.originator_version)
    return [json.loads(fact.state)["text"] for fact in edited]


def answers(notes: Notes) -> list[str]:
    with notes.store.engine.connect() as db:
        return list(db.scalars(select(reactions.c.outcome)))


@pytest.mark.parametrize("size", [1, 3, 7])
def test_a_policy_that_fails_of_one_customer_acts_for_all_others(notes: Notes, journal: UUID, size: int) -> None:
    reactor = reactor_of(notes, writing(journal, bears_poison=False))

    for begin in range(0, len(HEARD), size):
        reactor.process_batch(HEARD[begin : begin + size])

    assert written(notes) == ["a", "x", "y", "z"]
    with notes.store.engine.connect() as db:
        waiting: list[Any] = [(one.reader, one.record.offset, one.error is None) for one in list_parked(db)]
    reader = Reader("reactions", 1)
    assert waiting == [(reader, 2, False), (reader, 4, True), (reader, 6, True)]
    assert reactor.stopped == {}


def test_a_reactor_pauses_when_as_much_waits_as_it_may_set_aside(notes: Notes, journal: UUID) -> None:
    reactor = reactor_of(notes, writing(journal, bears_poison=False), parking=2)

    with pytest.raises(ParkingFull, match=r"^reactions: more than 2 records are parked$"):
        reactor.process_batch(HEARD)

    with notes.store.engine.connect() as db:
        assert [one.record.offset for one in list_parked(db)] == [2, 4]
    assert written(notes) == ["a", "x", "y", "z"]


def test_a_redrive_gives_the_commands_that_waited_once_and_in_order(notes: Notes, journal: UUID) -> None:
    reactor_of(notes, writing(journal, bears_poison=False)).process_batch(HEARD)
    mended = reactor_of(notes, writing(journal, bears_poison=True))

    (redriven,) = redrive(mended)
    again = redrive(mended)
    mended.process_batch(HEARD)

    assert (redriven.taken_in, redriven.error, again) == (3, None, [])
    assert written(notes) == ["a", "x", "y", "z", "poison", "b", "c"]
    assert answers(notes) == ["done"] * 7


def test_a_command_of_a_redrive_that_died_is_not_given_twice(notes: Notes, journal: UUID) -> None:
    reactor_of(notes, writing(journal, bears_poison=False)).process_batch(HEARD)

    class Dies(Reactor):
        """A consumer that executes its commands and ends before the commit."""

        def ready(self, reader: Any, events: Any) -> Any:
            super().ready(reader, events)
            raise KeyboardInterrupt

    policy = Policy(NoteWritten, writing(journal, bears_poison=True))
    dying = Dies(notes, parse, lambda: NOON, policies=[policy], topics=frozenset({TOPIC}), partitions=PARTITIONS)
    with pytest.raises(KeyboardInterrupt):
        redrive(dying)
    redrive(reactor_of(notes, writing(journal, bears_poison=True)))

    assert written(notes) == ["a", "x", "y", "z", "poison", "b", "c"]

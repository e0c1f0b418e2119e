"""The library's notification log hands out ten at a time and knows one sequence; our partitions have a reader."""

from uuid import UUID

import pytest
from eventsourcing.application import Application

from shared.eventlog.tests.support.notes import Notes, WriteNote, context

CHEN = UUID(int=7)


def test_the_librarys_log_refuses_more_than_ten() -> None:
    with pytest.raises(ValueError, match="greater than section size 10"):
        Application[UUID]().notification_log.select(1, 11)


def test_our_reader_hands_out_as_many_as_are_asked_for(notes: Notes) -> None:
    for number in range(25):
        notes.execute(WriteNote(customer_id=CHEN, text="asks"), context(f"w{number}"))

    read = notes.store.read(notes.store.part(CHEN), 0, 25)

    assert [fact.pos for fact in read] == list(range(1, 26))


def test_whoever_asks_for_one_sequence_is_told_who_to_ask(notes: Notes) -> None:
    with pytest.raises(NotImplementedError, match=r"read\(part, after, limit\)"):
        notes.notification_log.select(1, 10)
    with pytest.raises(NotImplementedError, match=r"heads\(\)"):
        notes.store.max_notification_id()
    with pytest.raises(NotImplementedError, match="the log"):
        notes.store.subscribe()

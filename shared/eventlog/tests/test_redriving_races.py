"""Races of a redrive: another process is faster, or a newer consumer reads the parked records differently."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import Engine, select

from crm_eventlog.consumer import Queue, Redriven, drop, first_parked, redrive
from crm_eventlog.consumer.checkpoint import CheckpointConflict, Reader
from crm_eventlog.envelope import CloudEvent
from crm_eventlog.projection import Projector, ReadModel
from crm_eventlog.tables import checkpoints
from shared.eventlog.tests.support.notes import ALL_NOTES, NOON, PARTITIONS, TOPIC, parse
from shared.eventlog.tests.support.poison import (
    cannot,
    folded,
    mended_notes,
    parked_offsets,
    projector_of,
    reader_of,
    unread,
)
from shared.eventlog.tests.support.records import ids, record

NOTES = Reader("all_notes", 1)
KEY = (record(0).key or b"").decode()


class Beside(Projector):
    """A consumer that remembers its events, and during which another process drops the first records of its key."""

    def __init__(self, engine: Engine, drops: int = 0, parse: Any = parse) -> None:
        super().__init__(engine, (mended_notes,), parse, lambda: NOON, partitions=PARTITIONS)
        self.drops, self.given = drops, list[int]()

    def ready(self, reader: Reader, events: Sequence[CloudEvent]) -> Any:
        self.given.append(len(events))
        if self.drops:
            self.drops -= 1
            with self.engine.begin() as db:
                (first,) = first_parked(db, Queue(reader, 0, KEY))
                drop(db, first, by="li.na", reason="a test", now=NOON)
        return super().ready(reader, events)


def test_what_somebody_drops_meanwhile_is_not_taken_in(engine: Engine) -> None:
    projector_of(engine, cannot).process_batch([record(offset) for offset in range(4)])
    folded.clear()

    found = redrive(Beside(engine, 2))

    assert found == [Redriven(NOTES, KEY, 2, None)]
    assert folded == [*ids(2), *ids(3)]
    assert parked_offsets(engine) == []


def test_a_redrive_that_is_always_slower_gives_up_and_says_why(engine: Engine) -> None:
    projector_of(engine, cannot).process_batch([record(offset) for offset in range(22)])
    folded.clear()

    with pytest.raises(CheckpointConflict, match=r"^another process redrives this key$"):
        redrive(Beside(engine, 22))

    assert (folded, parked_offsets(engine)) == ([], [20, 21])


def test_what_means_nothing_to_a_newer_reader_leaves_without_being_folded(engine: Engine) -> None:
    reader_of(engine, unread).process_batch([record(0), record(1)])
    redriver = Beside(engine, parse=lambda *_: None)

    found = redrive(redriver)

    assert (found, redriver.given) == ([Redriven(NOTES, KEY, 2, None)], [])
    assert parked_offsets(engine) == []
    with engine.connect() as db:
        columns = checkpoints.c.partition, checkpoints.c.next_offset, checkpoints.c.pos
        found_at = db.execute(select(*columns).order_by(checkpoints.c.partition)).all()
    assert found_at == [(0, 2, 0), *((part, 0, 0) for part in range(1, PARTITIONS))]


def test_a_redrive_leaves_what_waits_for_readers_of_others(engine: Engine) -> None:
    other = ReadModel("other", 1, (), frozenset({TOPIC}), cannot)
    both = Projector(engine, (ALL_NOTES, other), parse, lambda: NOON, partitions=PARTITIONS)
    both.prepare()
    both.process_batch([record(0, text="poison"), record(1)])
    folded.clear()

    found = redrive(Beside(engine))

    assert found == [Redriven(NOTES, KEY, 2, None)]
    assert (folded, parked_offsets(engine)) == ([*ids(0), *ids(1)], [0, 1])

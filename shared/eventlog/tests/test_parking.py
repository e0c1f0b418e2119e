"""Poison is isolated: its key waits in order, all other keys flow, and a redrive overtakes nothing."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, Engine, select

from crm_eventlog.envelope import CloudEvent
from crm_eventlog.log import LogRecord
from crm_eventlog.projection import ParkingFull, Projector, ReadModel, count_parked, drop, list_parked, redrive
from crm_eventlog.projection.checkpoint import Overtaken, Reader
from crm_eventlog.tables import dropped
from shared.eventlog.tests.notes import ALL_NOTES, NOON, PARTITIONS, TOPIC, all_notes, parse, project
from shared.eventlog.tests.test_projector import checkpoint, ids, record, seen

folded: list[UUID] = []


def cured(events: Sequence[CloudEvent], db: Connection) -> None:
    """The projection after its mistake was mended: it bears poison, and remembers the order."""
    folded.extend(event.id for event in events)
    mild = [event for event in events if getattr(event.data, "text", "") != "poison"]
    project(mild, db)


mended_notes = ReadModel("all_notes", 1, (all_notes,), frozenset({TOPIC}), cured)


def projector_of(engine: Engine, projection: Any = project, **options: Any) -> Projector:
    model = ReadModel("all_notes", 1, (all_notes,), frozenset({TOPIC}), projection)
    projector = Projector(engine, (model,), parse, lambda: NOON, partitions=PARTITIONS, **options)
    projector.prepare()
    return projector


def parked_offsets(engine: Engine) -> list[int]:
    with engine.connect() as db:
        return [one.record.offset for one in list_parked(db)]


@pytest.fixture
def one_key_waits(engine: Engine) -> Engine:
    """Offset 1 is poison, 2 and 3 queue behind it."""
    projector_of(engine).take_in([record(0), record(1, text="poison"), record(2), record(3)])
    return engine


def test_a_batch_is_not_lost_for_one_poison(engine: Engine) -> None:
    batch = [record(offset, partition=partition) for partition in range(PARTITIONS) for offset in range(50)]
    batch[77] = record(batch[77].offset, partition=batch[77].partition, text="poison")

    projector_of(engine).take_in(batch)

    waits = [one for one in batch if one.partition == batch[77].partition and one.offset >= batch[77].offset]
    assert len(seen(engine)) == len(batch) - len(waits)
    assert parked_offsets(engine) == [one.offset for one in waits]


def test_what_is_set_aside_keeps_its_bytes_its_place_and_its_error(one_key_waits: Engine) -> None:
    poison = record(1, text="poison")

    with one_key_waits.connect() as db:
        first, second, third = list_parked(db)

    assert (first.record.value, tuple(first.record.headers), first.record.offset) == (
        poison.value,
        poison.headers,
        poison.offset,
    )
    assert first.key == poison.key.decode()
    assert first.error.startswith("Unprojectable")
    assert (second.error, third.error) == (None, None)


def test_a_redrive_takes_a_key_in_by_its_order(one_key_waits: Engine) -> None:
    folded.clear()

    (redriven,) = redrive(projector_of(one_key_waits, cured))

    assert (redriven.taken_in, redriven.error) == (3, None)
    assert folded == [*ids(1), *ids(2), *ids(3)]
    assert parked_offsets(one_key_waits) == []


def test_a_redrive_that_still_fails_leaves_the_key_as_it_is(one_key_waits: Engine) -> None:
    (redriven,) = redrive(projector_of(one_key_waits))

    assert redriven.taken_in == 0
    assert redriven.error.startswith("Unprojectable")
    assert parked_offsets(one_key_waits) == [1, 2, 3]


def test_new_arrivals_never_overtake_what_waits(one_key_waits: Engine) -> None:
    folded.clear()
    mended = projector_of(one_key_waits, cured)

    mended.take_in([record(4)])
    redrive(mended)
    mended.take_in([record(5)])

    assert folded == [*ids(1), *ids(2), *ids(3), *ids(4), *ids(5)]


def test_a_redrive_in_the_middle_of_a_batch_sends_the_batch_back(one_key_waits: Engine) -> None:
    rival = projector_of(one_key_waits, cured)

    class Live(Projector):
        """Somebody redrives the key after this one has seen it waiting."""

        def ready(self, reader: Reader, events: Sequence[CloudEvent]) -> Any:
            redrive(rival)
            return super().ready(reader, events)

    live = Live(one_key_waits, (mended_notes,), parse, lambda: NOON, partitions=PARTITIONS)
    folded.clear()
    batch = [record(4), record(0, partition=1)]

    with pytest.raises(Overtaken, match="parked or redriven in between"):
        live.take_in(batch)
    live.take_in(batch)

    assert [id for id in folded if id not in ids(0, partition=1)] == [*ids(1), *ids(2), *ids(3), *ids(4)]
    assert parked_offsets(one_key_waits) == []


def test_a_dropped_record_is_accounted_for_and_frees_its_key(one_key_waits: Engine) -> None:
    with one_key_waits.begin() as db:
        drop(db, list_parked(db)[0], by="li.na", reason="a test customer", now=NOON)

    redrive(projector_of(one_key_waits))

    with one_key_waits.connect() as db:
        kept = db.execute(select(dropped.c.offset, dropped.c.dropped_by, dropped.c.reason)).all()
    assert kept == [(1, "li.na", "a test customer")]
    assert seen(one_key_waits) == ids(0, 2, 3)


def test_at_the_limit_the_reader_pauses_and_skips_nothing(engine: Engine) -> None:
    projector = projector_of(engine, parking=2)
    projector.take_in([record(0, text="poison"), record(1)])

    with pytest.raises(ParkingFull):
        projector.take_in([record(2)])

    assert checkpoint(engine) == 2
    redrive(projector_of(engine, cured))
    projector.take_in([record(2)])
    assert seen(engine) == ids(1, 2)


def test_a_reader_that_fails_does_not_hold_up_the_others(engine: Engine) -> None:
    heard: list[UUID] = []
    spy = ReadModel("spy", 1, (), frozenset({TOPIC}), lambda events, _: heard.extend(event.id for event in events))
    projector = Projector(engine, (ALL_NOTES, spy), parse, lambda: NOON, partitions=PARTITIONS)
    projector.prepare()

    projector.take_in([record(0, text="poison"), record(1)])

    with engine.connect() as db:
        assert count_parked(db) == {"all_notes": (2, 1)}
    assert set(heard) == ids(0, 1)


def test_a_record_sent_again_after_it_was_parked_is_taken_in_once(engine: Engine) -> None:
    projector = projector_of(engine)
    poison = record(0, text="poison")
    projector.take_in([poison, record(1)])

    projector.take_in([again(poison, 2), again(record(1), 3)])
    folded.clear()
    redrive(projector_of(engine, cured))

    assert folded == [*ids(0), *ids(1)]
    assert parked_offsets(engine) == []


def again(one: LogRecord, offset: int) -> LogRecord:
    """As a relay sends it after a crash: the same bytes under a new offset."""
    return one._replace(offset=offset)

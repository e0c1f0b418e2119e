"""Poison is isolated: its key waits in order, all other keys flow, and a redrive overtakes nothing."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import Connection, Engine, delete, select, update
from sqlalchemy.exc import OperationalError

from crm_eventlog.envelope import CloudEvent
from crm_eventlog.log import LogRecord
from crm_eventlog.projection import ParkingFull, Projector, ReadModel, count_parked, drop, list_parked, redrive
from crm_eventlog.projection.checkpoint import Overtaken, Reader
from crm_eventlog.projection.trouble import passes
from crm_eventlog.tables import checkpoints, dropped
from shared.eventlog.tests.notes import ALL_NOTES, NOON, PARTITIONS, TOPIC, all_notes, parse, project
from shared.eventlog.tests.test_projector import checkpoint, ids, record, seen

DAY = timedelta(days=1)
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


def unread(_type: str, _payload: bytes) -> Any:
    """What an old reader makes of a version that it does not know."""
    raise ValueError("a newer version")


def reader_of(engine: Engine, read: Any) -> Projector:
    """A projector that understands its records as `read` does."""
    projector = Projector(engine, (mended_notes,), read, lambda: NOON, partitions=PARTITIONS)
    projector.prepare()
    return projector


@pytest.mark.parametrize("key", [None, b"", b"\xff\x00key", b"k" * 10_000], ids=["none", "empty", "bytes", "long"])
def test_whatever_a_key_is_made_of_it_is_kept_and_holds_its_queue(engine: Engine, key: bytes | None) -> None:
    poison, behind = (record(0, text="poison")._replace(key=key), record(1)._replace(key=key))

    projector_of(engine).take_in([poison, behind, record(2)])

    with engine.connect() as db:
        assert [(one.record.offset, one.record.key) for one in list_parked(db)] == [(0, key), (1, key)]
    assert seen(engine) == ids(2)


def test_an_error_is_kept_whatever_letters_it_is_made_of(engine: Engine) -> None:
    def fails(_events: Any, _db: Connection) -> None:
        raise ValueError("a zero \x00 and half a letter \udcff")

    projector = projector_of(engine, fails)
    projector.take_in([record(0)])

    with engine.connect() as db:
        (one,) = list_parked(db)
    assert one.error == "ValueError: a zero \\x00 and half a letter \\udcff"
    assert projector.stopped == {}


def test_a_clock_that_is_set_back_changes_no_order(engine: Engine) -> None:
    times = iter([NOON, NOON - DAY, NOON - 2 * DAY])
    model = ReadModel("all_notes", 1, (all_notes,), frozenset({TOPIC}), project)
    projector_of(engine)
    projector = Projector(engine, (model,), parse, lambda: at[0], partitions=PARTITIONS)
    at = [NOON]
    for batch in ([record(0, text="poison")], [record(1)], [record(2)]):
        at[0] = next(times)
        projector.take_in(batch)
    folded.clear()

    redrive(projector_of(engine, cured))

    assert folded == [*ids(0), *ids(1), *ids(2)]


def test_at_the_limit_everything_is_taken_in_that_fits(engine: Engine) -> None:
    projector = projector_of(engine, parking=3)

    with pytest.raises(ParkingFull):
        projector.take_in([record(0, text="poison"), *map(record, range(1, 9))])

    assert parked_offsets(engine) == [0, 1, 2]
    assert checkpoint(engine) == 3


def test_the_limit_of_one_reader_is_not_that_of_another(engine: Engine) -> None:
    projector_of(engine).take_in([record(0, text="poison"), *map(record, range(1, 9))])
    other = ReadModel("other", 1, (), frozenset({TOPIC}), project)
    projector = Projector(engine, (other,), parse, lambda: NOON, partitions=PARTITIONS, parking=2)
    projector.prepare()

    projector.take_in([record(0, text="poison"), record(1)])

    with engine.connect() as db:
        assert count_parked(db)["other"] == (2, 1)


def test_a_redrive_of_other_keys_does_not_hold_up_a_batch(one_key_waits: Engine) -> None:
    rival = projector_of(one_key_waits, cured)

    class Live(Projector):
        """Somebody redrives another key while this one folds."""

        def ready(self, reader: Reader, events: Sequence[CloudEvent]) -> Any:
            redrive(rival)
            return super().ready(reader, events)

    live = Live(one_key_waits, (mended_notes,), parse, lambda: NOON, partitions=PARTITIONS)

    live.take_in([record(0, partition=1)])

    assert ids(0, partition=1) < seen(one_key_waits)
    assert parked_offsets(one_key_waits) == []


def test_an_unread_record_that_was_sent_again_is_taken_in_once_whenever_its_copy_comes(engine: Engine) -> None:
    reader_of(engine, unread).take_in([record(0), again(record(0), 1)])
    mended = reader_of(engine, parse)
    folded.clear()

    redrive(mended)
    mended.take_in([again(record(0), 2), record(1)._replace(offset=3)])

    assert folded == [*ids(0), *ids(1)]


def test_a_redrive_that_dies_between_a_record_and_its_copy_takes_it_in_once(engine: Engine) -> None:
    reader_of(engine, unread).take_in([record(0), record(1), again(record(0), 2)])

    class Dies(Projector):
        """Ends after its first record."""

        def ready(self, reader: Reader, events: Sequence[CloudEvent]) -> Any:
            if folded:
                raise KeyboardInterrupt
            return super().ready(reader, events)

    folded.clear()
    with pytest.raises(KeyboardInterrupt):
        redrive(Dies(engine, (mended_notes,), parse, lambda: NOON, partitions=PARTITIONS))
    redrive(reader_of(engine, parse))

    assert folded == [*ids(0), *ids(1)]


def test_a_position_that_nobody_can_count_to_is_set_aside(engine: Engine) -> None:
    far = record(0)
    headers = tuple((name, b"0:99999999999999999999" if name == "ce_position" else v) for name, v in far.headers)
    projector = projector_of(engine)

    projector.take_in([far._replace(headers=headers), record(0, partition=1)])

    assert parked_offsets(engine) == [0]
    assert (projector.stopped, seen(engine)) == ({}, ids(0, partition=1))


def test_another_record_at_the_same_place_is_not_taken_for_the_one_that_waits(one_key_waits: Engine) -> None:
    with one_key_waits.begin() as db:
        # As after a topic was made anew: its offsets begin again.
        db.execute(update(checkpoints).values(next_offset=0))
    projector = projector_of(one_key_waits)

    projector.take_in([record(10)._replace(offset=0), record(11)._replace(offset=1)])

    assert [stopped.offset for stopped in projector.stopped.values()] == [1]


def test_a_generation_that_is_not_served_any_more_is_not_redriven(one_key_waits: Engine) -> None:
    with one_key_waits.begin() as db:
        db.execute(delete(checkpoints))
    folded.clear()
    mended = Projector(one_key_waits, (mended_notes,), parse, lambda: NOON, partitions=PARTITIONS)

    with pytest.raises(Overtaken, match="not served any more"):
        redrive(mended)

    assert folded == []


def test_a_limit_of_the_database_is_a_fault_of_the_record() -> None:
    too_long, away = psycopg.errors.ProgramLimitExceeded(), psycopg.errors.AdminShutdown()

    assert not passes(OperationalError("insert", {}, too_long))
    assert passes(OperationalError("insert", {}, away))


def test_many_records_of_a_key_are_taken_in_together_up_to_the_next_that_fails(engine: Engine) -> None:
    behind = [record(offset, text="poison" if offset == 70 else "asks") for offset in range(1, 100)]
    projector_of(engine, cannot).take_in([record(0), *behind])

    (redriven,) = redrive(projector_of(engine))

    assert (redriven.taken_in, redriven.error) == (70, "Unprojectable: ")
    assert parked_offsets(engine) == [*range(70, 100)]


def cannot(_events: Any, _db: Connection) -> None:
    raise ValueError("nothing at all")


def test_a_dropped_record_takes_what_was_sent_again_of_it_along(engine: Engine) -> None:
    reader_of(engine, unread).take_in([record(0), again(record(0), 1), record(2)])
    folded.clear()

    with engine.begin() as db:
        gone = drop(db, list_parked(db)[0], by="li.na", reason="a test customer", now=NOON)
    redrive(reader_of(engine, parse))

    assert (gone, folded) == (2, [*ids(2)])

"""Isolation of poison: it is kept unchanged, its key waits in order, all other keys flow."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import Connection, Engine, update
from sqlalchemy.exc import IntegrityError, OperationalError

from crm_eventlog.consumer import ParkingFull, count_parked, list_parked, redrive
from crm_eventlog.consumer.errors import TransientError, is_transient
from crm_eventlog.projection import Projector, ReadModel
from crm_eventlog.tables import checkpoints
from shared.eventlog.tests.support.notes import ALL_NOTES, NOON, PARTITIONS, TOPIC, parse, project
from shared.eventlog.tests.support.poison import cured, parked_offsets, projector_of
from shared.eventlog.tests.support.records import checkpoint, ids, record, seen

DAY = timedelta(days=1)


def test_a_batch_is_not_lost_for_one_poison(engine: Engine) -> None:
    batch = [record(offset, partition=partition) for partition in range(PARTITIONS) for offset in range(50)]
    batch[77] = record(batch[77].offset, partition=batch[77].partition, text="poison")

    projector_of(engine).process_batch(batch)

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


def test_at_the_limit_the_reader_pauses_and_skips_nothing(engine: Engine) -> None:
    projector = projector_of(engine, parking=2)
    projector.process_batch([record(0, text="poison"), record(1)])

    with pytest.raises(ParkingFull):
        projector.process_batch([record(2)])

    assert checkpoint(engine) == 2
    redrive(projector_of(engine, cured))
    projector.process_batch([record(2)])
    assert seen(engine) == ids(1, 2)


def test_a_reader_that_fails_does_not_hold_up_the_others(engine: Engine) -> None:
    heard: list[UUID] = []
    spy = ReadModel("spy", 1, (), frozenset({TOPIC}), lambda events, _: heard.extend(event.id for event in events))
    projector = Projector(engine, (ALL_NOTES, spy), parse, lambda: NOON, partitions=PARTITIONS)
    projector.prepare()

    projector.process_batch([record(0, text="poison"), record(1)])

    with engine.connect() as db:
        assert count_parked(db) == {"all_notes": (2, 1)}
    assert set(heard) == ids(0, 1)


@pytest.mark.parametrize("key", [None, b"", b"\xff\x00key", b"k" * 10_000], ids=["none", "empty", "bytes", "long"])
def test_whatever_a_key_is_made_of_it_is_kept_and_holds_its_queue(engine: Engine, key: bytes | None) -> None:
    poison, behind = (record(0, text="poison")._replace(key=key), record(1)._replace(key=key))

    projector_of(engine).process_batch([poison, behind, record(2)])

    with engine.connect() as db:
        assert [(one.record.offset, one.record.key) for one in list_parked(db)] == [(0, key), (1, key)]
    assert seen(engine) == ids(2)


def test_an_error_is_kept_whatever_letters_it_is_made_of(engine: Engine) -> None:
    def fails(_events: Any, _db: Connection) -> None:
        raise ValueError("a zero \x00 and half a letter \udcff")

    projector = projector_of(engine, fails)
    projector.process_batch([record(0)])

    with engine.connect() as db:
        (one,) = list_parked(db)
    assert one.error == "ValueError: a zero \\x00 and half a letter \\udcff"
    assert projector.stopped == {}


def test_at_the_limit_everything_is_taken_in_that_fits(engine: Engine) -> None:
    projector = projector_of(engine, parking=3)

    with pytest.raises(ParkingFull):
        projector.process_batch([record(0, text="poison"), *map(record, range(1, 9))])

    assert parked_offsets(engine) == [0, 1, 2]
    assert checkpoint(engine) == 3


def test_the_limit_of_one_reader_is_not_that_of_another(engine: Engine) -> None:
    projector_of(engine).process_batch([record(0, text="poison"), *map(record, range(1, 9))])
    other = ReadModel("other", 1, (), frozenset({TOPIC}), project)
    projector = Projector(engine, (other,), parse, lambda: NOON, partitions=PARTITIONS, parking=2)
    projector.prepare()

    projector.process_batch([record(0, text="poison"), record(1)])

    with engine.connect() as db:
        assert count_parked(db)["other"] == (2, 1)


def test_a_position_that_nobody_can_count_to_is_set_aside(engine: Engine) -> None:
    far = record(0)
    headers = tuple((name, b"0:99999999999999999999" if name == "ce_position" else v) for name, v in far.headers)
    projector = projector_of(engine)

    projector.process_batch([far._replace(headers=headers), record(0, partition=1)])

    assert parked_offsets(engine) == [0]
    assert (projector.stopped, seen(engine)) == ({}, ids(0, partition=1))


def test_another_record_at_the_same_place_is_not_taken_for_the_one_that_waits(one_key_waits: Engine) -> None:
    with one_key_waits.begin() as db:
        # As after a topic was recreated: its offsets begin again.
        db.execute(update(checkpoints).values(next_offset=0))
    projector = projector_of(one_key_waits)

    projector.process_batch([record(10)._replace(offset=0), record(11)._replace(offset=1)])

    assert [stopped.offset for stopped in projector.stopped.values()] == [1]


@pytest.mark.parametrize(
    ("error", "waits"),
    [
        (OperationalError("insert", {}, psycopg.errors.ProgramLimitExceeded()), False),
        (OperationalError("insert", {}, psycopg.errors.AdminShutdown()), True),
        (OperationalError("insert", {}, Exception("database is locked")), True),
        (OperationalError("insert", {}, None), True),
        (IntegrityError("insert", {}, psycopg.errors.UniqueViolation()), False),
        (TransientError("later"), True),
        (ValueError("no"), False),
    ],
)
def test_only_what_is_no_fault_of_the_record_passes_by_itself(error: Exception, waits: bool) -> None:
    assert is_transient(error) is waits

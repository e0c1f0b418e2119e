"""Rebuild of a read model beside the served generation: comparison, swap and roll-back."""

import asyncio
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Column, Connection, Engine, MetaData, Table, Text, Uuid, delete, inspect, select, update

from crm_eventlog.consumer import PollingConsumer, count_parked, drop, list_parked
from crm_eventlog.consumer.checkpoint import CheckpointConflict
from crm_eventlog.envelope import CloudEvent
from crm_eventlog.log import SqliteLog
from crm_eventlog.projection import Projector, ReadModel, insert_or_ignore
from crm_eventlog.rebuild import (
    NotServed,
    Rebuild,
    RebuildReport,
    RebuildUnderWay,
    SourceEndsEarly,
)
from crm_eventlog.rebuild.generations import open_generation_store
from crm_eventlog.rebuild.rebuild_lock import rebuild_lock
from crm_eventlog.tables import checkpoints
from shared.eventlog.tests.rebuild.states import (
    LOUDER,
    all_ids,
    follow,
    rebuild_of,
    say,
    served,
    written,
)
from shared.eventlog.tests.support.notes import NOON, PARTITIONS, TOPIC, parse
from shared.eventlog.tests.support.records import ids, record


def test_a_rebuild_of_what_is_right_changes_nothing_and_says_so(
    engine: Engine, projector: Projector, log_url: str
) -> None:
    before = served(engine)

    report = asyncio.run(rebuild_of(engine, log_url).swap())

    assert report.same
    assert (report.tables[0].rows_old, report.tables[0].rows_new, report.records) == (28, 28, 28)
    assert (report.lag, report.parked, report.commands, report.effects) == (0, 0, 0, 0)
    assert served(engine) == before
    assert open_generation_store(engine, "written").served().number == 2


def test_damaged_rows_are_found_and_put_right(engine: Engine, projector: Projector, log_url: str) -> None:
    (lost, altered, *_), right = sorted(all_ids()), served(engine)
    with engine.begin() as db:
        db.execute(delete(written).where(written.c.event_id == lost))
        db.execute(update(written).values(text="forged").where(written.c.event_id == altered))
        db.execute(written.insert().values(event_id=UUID(int=7), customer_id=UUID(int=1), text="invented"))

    report = asyncio.run(rebuild_of(engine, log_url).swap())

    (table,) = report.tables
    assert (table.only_old, table.only_new, table.different) == (1, 1, 1)
    assert {str(UUID(int=7)), str(lost), str(altered)} == set(table.examples)
    assert table.digest_old != table.digest_new
    assert served(engine) == right


def test_the_live_projector_goes_on_with_the_new_generation(
    engine: Engine, projector: Projector, log: SqliteLog, log_url: str
) -> None:
    follower = PollingConsumer(projector, log, [TOPIC])
    asyncio.run(follower.step())
    asyncio.run(rebuild_of(engine, log_url).swap())
    say(log, [record(7)])

    with pytest.raises(CheckpointConflict):
        projector.process_batch([record(7)])
    follow(projector, log)

    assert {row[0] for row in served(engine)} == all_ids() | ids(7)
    assert [reader.generation for reader in projector.topics] == [2]


def test_what_comes_while_it_builds_is_in_both(
    engine: Engine, projector: Projector, log: SqliteLog, log_url: str
) -> None:
    told: list[int] = []

    def more() -> None:
        say(log, [record(7), record(7, partition=1)])
        follow(projector, log)

    def meanwhile(partition: int, records: int) -> None:
        if not told:
            with ThreadPoolExecutor(1) as elsewhere:
                elsewhere.submit(more).result()
        told.append(records)

    report = asyncio.run(rebuild_of(engine, log_url, on_progress=meanwhile).swap())

    assert report.same
    assert report.tables[0].rows_new == 30
    assert sum(told) == 28


def test_verifying_changes_nothing(engine: Engine, projector: Projector, log_url: str) -> None:
    with engine.begin() as db:
        db.execute(update(written).values(text="forged"))
    before = served(engine)

    report = asyncio.run(rebuild_of(engine, log_url).verify())

    assert (report.same, report.tables[0].different) == (False, 28)
    assert served(engine) == before
    assert open_generation_store(engine, "written").served().number == 1
    assert not open_generation_store(engine, "written").exists(2)


def test_an_intent_tells_what_would_be_done_and_does_nothing(
    engine: Engine, projector: Projector, log_url: str
) -> None:
    intent = rebuild_of(engine, log_url).intent()

    assert (intent.total, intent.number, intent.resumes) == (28, 2, False)
    assert intent.records == {f"{TOPIC}/{partition}": 7 for partition in range(PARTITIONS)}
    assert not open_generation_store(engine, "written").exists(2)


def test_a_changed_version_is_built_beside_the_old_one_and_retires_its_code(
    engine: Engine, projector: Projector, log: SqliteLog, log_url: str
) -> None:
    report = asyncio.run(rebuild_of(engine, log_url, LOUDER).swap())
    newer = Projector(engine, (LOUDER,), parse, lambda: NOON, partitions=PARTITIONS)
    newer.prepare()
    say(log, [record(7)])
    follow(projector, log)

    assert report.tables[0].different == 28
    assert {place.reason for place in projector.stopped.values()} == {
        "VersionChanged: written was built by version 2, this code is version 1"
    }
    follow(newer, log)
    assert {text for _, text in served(engine)} == {"asks!"}
    assert len(served(engine)) == 29


def test_tables_that_changed_with_the_code_are_counted_and_swapped(
    engine: Engine, projector: Projector, log_url: str
) -> None:
    shorter = Table("written", MetaData(), Column("event_id", Uuid, primary_key=True), Column("length", Text))

    def lengths(events: Sequence[CloudEvent], db: Connection) -> None:
        insert_or_ignore(db, shorter, [{"event_id": each.id, "length": str(len(each.data.text))} for each in events])

    model = ReadModel("written", 2, (shorter,), frozenset({TOPIC}), lengths)

    report = asyncio.run(rebuild_of(engine, log_url, model).swap())

    (table,) = report.tables
    assert (table.comparable, table.rows_old, table.rows_new) == (False, 28, 28)
    with engine.connect() as db:
        assert set(db.scalars(select(shorter.c.length))) == {"4"}
    assert asyncio.run(rebuild_of(engine, log_url).roll_back())[1].number == 1
    assert {text for _, text in served(engine)} == {"asks"}


@pytest.mark.parametrize("workers", [1, 2])
def test_a_killed_rebuild_goes_on_where_it_was(
    engine: Engine, projector: Projector, log_url: str, workers: int
) -> None:
    url = engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "shared.eventlog.tests.rebuild.process", url, log_url, str(workers)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        process.kill()
    left: dict[int, int] = {}

    report = asyncio.run(patiently(rebuild_of(engine, log_url, on_total=left.update)))

    assert sum(left.values()) < 28
    assert report.same
    assert {row[0] for row in served(engine)} == all_ids()


async def patiently(rebuild: Rebuild) -> RebuildReport:
    """Retry until the server has noticed the end of a session."""
    while True:
        try:
            assert rebuild.intent().resumes
            return await rebuild.swap()
        except RebuildUnderWay:
            continue


def test_a_rebuild_begun_by_other_code_begins_again(engine: Engine, projector: Projector, log_url: str) -> None:
    open_generation_store(engine, "written").create(2, LOUDER, source="log")

    assert not rebuild_of(engine, log_url).intent().resumes
    assert asyncio.run(rebuild_of(engine, log_url).swap()).same


def test_two_rebuilds_of_one_read_model_at_a_time_are_refused(
    engine: Engine, projector: Projector, log_url: str
) -> None:
    with rebuild_lock(engine, "written"), pytest.raises(RebuildUnderWay):
        asyncio.run(rebuild_of(engine, log_url).swap())

    assert asyncio.run(rebuild_of(engine, log_url).swap()).same


def test_poison_is_set_aside_by_the_new_generation_too(
    engine: Engine, projector: Projector, log: SqliteLog, log_url: str
) -> None:
    say(log, [record(7, text="poison"), record(8)])
    follow(projector, log)

    report = asyncio.run(rebuild_of(engine, log_url).swap())

    assert (report.parked, report.same) == (2, True)
    with engine.connect() as db:
        assert count_parked(db) == {"written": (2, 1)}
    follow(projector, log)
    say(log, [record(9)])
    follow(projector, log)
    assert {row[0] for row in served(engine)} == all_ids()


def test_a_log_that_was_cut_is_not_built_from(engine: Engine, projector: Projector, tmp_path: Path) -> None:
    other = SqliteLog(f"sqlite:///{tmp_path / 'other.db'}", lambda: NOON)
    asyncio.run(other.create_topic(TOPIC, PARTITIONS))
    asyncio.run(other.close())

    with pytest.raises(SourceEndsEarly):
        asyncio.run(rebuild_of(engine, f"sqlite:///{tmp_path / 'other.db'}").swap())

    assert len(served(engine)) == 28


def test_what_was_never_built_cannot_be_rebuilt(engine: Engine, log_url: str) -> None:
    with pytest.raises(NotServed):
        asyncio.run(rebuild_of(engine, log_url).swap())


def test_positions_seen_are_those_of_the_served_generation(engine: Engine, projector: Projector, log_url: str) -> None:
    asyncio.run(rebuild_of(engine, log_url).swap())

    with engine.connect() as db:
        found = db.execute(select(checkpoints.c.generation, checkpoints.c.next_offset)).all()
    assert found == [(2, 7)] * PARTITIONS


def test_the_indexes_are_there_afterwards(engine: Engine, projector: Projector, log_url: str) -> None:
    asyncio.run(rebuild_of(engine, log_url).swap())

    assert [index["name"] for index in inspect(engine).get_indexes("written")] == ["written_by_customer"]


def test_what_was_dropped_stays_dropped(engine: Engine, projector: Projector, log: SqliteLog, log_url: str) -> None:
    say(log, [record(7, text="poison")])
    follow(projector, log)
    with engine.begin() as db:
        drop(db, list_parked(db)[0], by="li.na", reason="a test customer", now=NOON)

    report = asyncio.run(rebuild_of(engine, log_url).swap())

    assert (report.parked, report.same) == (0, True)

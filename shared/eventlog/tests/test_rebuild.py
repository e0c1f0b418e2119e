"""A read model is built anew beside the one that is served: compared, swapped at once, and swapped back."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Column, Connection, Engine, Index, MetaData, Table, Text, Uuid, delete, inspect, select, update

from crm_eventlog.envelope import CloudEvent
from crm_eventlog.facts import FactMapper
from crm_eventlog.log import LogRecord, Outgoing, SqliteLog
from crm_eventlog.migrate import migrate
from crm_eventlog.ownership import open_ownership
from crm_eventlog.projection import (
    Follower,
    Projector,
    ReadModel,
    count_parked,
    drop,
    insert_or_ignore,
    list_parked,
)
from crm_eventlog.projection.checkpoint import Overtaken
from crm_eventlog.rebuild import (
    CustomerWaits,
    FromLog,
    FromStores,
    NothingKept,
    NotServed,
    OneCustomer,
    Origin,
    Rebuild,
    RebuildUnderWay,
    Report,
    SourceEndsEarly,
)
from crm_eventlog.rebuild.alone import alone
from crm_eventlog.rebuild.shelf import open_shelf
from crm_eventlog.relay import Relay
from crm_eventlog.store import open_engine, open_store
from crm_eventlog.tables import checkpoints
from shared.eventlog.tests.notes import NOON, PARTITIONS, TOPIC, EditNote, Notes, WriteNote, parse, publish, said
from shared.eventlog.tests.test_projector import checkpoint, ids, record

written = Table(
    "written",
    MetaData(),
    Column("event_id", Uuid, primary_key=True),
    Column("customer_id", Uuid, nullable=False),
    Column("text", Text, nullable=False),
    Index("written_by_customer", "customer_id", "text"),
)


def project(events: Sequence[CloudEvent], db: Connection) -> None:
    rows = [
        {"event_id": event.id, "customer_id": event.data.customer_id, "text": event.data.text}
        for event in events
        if hasattr(event.data, "text")
    ]
    if any(row["text"] == "poison" for row in rows):
        raise ValueError("poison")
    insert_or_ignore(db, written, rows)


def shout(events: Sequence[CloudEvent], db: Connection) -> None:
    project(events, db)
    db.execute(update(written).values(text=written.c.text + "!").where(~written.c.text.endswith("!")))


MODEL = ReadModel("written", 1, (written,), frozenset({TOPIC}), project)
LOUDER = replace(MODEL, version=2, project=shout)


@pytest.fixture
def log_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'log.db'}"


@pytest.fixture
def log(log_url: str) -> Iterator[SqliteLog]:
    """A topic with seven notes in each partition."""
    log = SqliteLog(log_url, lambda: NOON)
    asyncio.run(log.create_topic(TOPIC, PARTITIONS))
    say(log, [record(offset, partition=partition) for partition in range(PARTITIONS) for offset in range(7)])
    yield log
    asyncio.run(log.close())


def say(log: SqliteLog, records: Sequence[LogRecord]) -> None:
    for one in records:
        outgoing = Outgoing(one.key or b"", one.value or b"", one.headers)
        asyncio.run(log.append(TOPIC, {one.partition: [outgoing]}))


@pytest.fixture
def projector(engine: Engine, log: SqliteLog) -> Projector:
    """Generation 1 has read everything."""
    projector = Projector(engine, (MODEL,), parse, lambda: NOON, partitions=PARTITIONS)
    projector.prepare()
    follow(projector, log)
    return projector


def follow(projector: Projector, log: SqliteLog) -> None:
    follower = Follower(projector, log, [TOPIC], batch=3)

    async def to_the_end() -> None:
        while await follower.step():
            pass

    asyncio.run(to_the_end())


def rebuild_of(engine: Engine, log_url: str, model: ReadModel = MODEL, **options: Any) -> Rebuild:
    return Rebuild(engine, model, parse, PARTITIONS, FromLog(log_url), **options)


def served(engine: Engine) -> list[tuple[UUID, str]]:
    with engine.connect() as db:
        return [(row.event_id, row.text) for row in db.execute(select(written).order_by(written.c.event_id))]


def all_ids(count: int = 7) -> set[UUID]:
    return {id for partition in range(PARTITIONS) for id in ids(*range(count), partition=partition)}


def test_a_rebuild_of_what_is_right_changes_nothing_and_says_so(
    engine: Engine, projector: Projector, log_url: str
) -> None:
    before = served(engine)

    report = asyncio.run(rebuild_of(engine, log_url).swap())

    assert report.same
    assert (report.tables[0].rows_old, report.tables[0].rows_new, report.records) == (28, 28, 28)
    assert (report.lag, report.parked, report.commands, report.effects) == (0, 0, 0, 0)
    assert served(engine) == before
    assert open_shelf(engine, "written").served().number == 2


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
    follower = Follower(projector, log, [TOPIC])
    asyncio.run(follower.step())
    asyncio.run(rebuild_of(engine, log_url).swap())
    say(log, [record(7)])

    with pytest.raises(Overtaken):
        projector.take_in([record(7)])
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

    report = asyncio.run(rebuild_of(engine, log_url, tell=meanwhile).swap())

    assert report.same
    assert report.tables[0].rows_new == 30
    assert sum(told) == 28


def test_a_rollback_serves_the_kept_generation_at_once_and_it_catches_up(
    engine: Engine, projector: Projector, log: SqliteLog, log_url: str
) -> None:
    with engine.begin() as db:
        db.execute(written.insert().values(event_id=UUID(int=7), customer_id=UUID(int=1), text="only in generation 1"))
    asyncio.run(rebuild_of(engine, log_url).swap())
    follow(projector, log)
    say(log, [record(7)])
    follow(projector, log)

    old, now = asyncio.run(rebuild_of(engine, log_url).roll_back())

    assert (old.number, now.number) == (2, 1)
    assert {row[0] for row in served(engine)} == all_ids() | {UUID(int=7)}
    with pytest.raises(Overtaken):
        projector.take_in([record(8)])
    follow(projector, log)
    assert {row[0] for row in served(engine)} == all_ids() | {UUID(int=7)} | ids(7)
    assert asyncio.run(rebuild_of(engine, log_url).roll_back())[1].number == 2


def test_without_a_kept_generation_there_is_no_way_back(engine: Engine, projector: Projector, log_url: str) -> None:
    with pytest.raises(NothingKept):
        asyncio.run(rebuild_of(engine, log_url).roll_back())


def test_only_one_generation_before_is_kept(engine: Engine, projector: Projector, log_url: str) -> None:
    for _ in range(3):
        asyncio.run(rebuild_of(engine, log_url).swap())

    shelf = open_shelf(engine, "written")
    assert [number for number in range(1, 6) if shelf.stands(number)] == [3]
    assert (shelf.served().number, shelf.served().kept) == (4, 3)


def test_verifying_changes_nothing(engine: Engine, projector: Projector, log_url: str) -> None:
    with engine.begin() as db:
        db.execute(update(written).values(text="forged"))
    before = served(engine)

    report = asyncio.run(rebuild_of(engine, log_url).verify())

    assert (report.same, report.tables[0].different) == (False, 28)
    assert served(engine) == before
    assert open_shelf(engine, "written").served().number == 1
    assert not open_shelf(engine, "written").stands(2)


def test_an_intent_tells_what_would_be_done_and_does_nothing(
    engine: Engine, projector: Projector, log_url: str
) -> None:
    intent = rebuild_of(engine, log_url).intent()

    assert (intent.total, intent.number, intent.resumes) == (28, 2, False)
    assert intent.records == {f"{TOPIC}/{partition}": 7 for partition in range(PARTITIONS)}
    assert not open_shelf(engine, "written").stands(2)


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
    command = [sys.executable, "-m", "shared.eventlog.tests.rebuild_process", url, log_url, str(workers)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        process.kill()
    left: dict[int, int] = {}

    report = asyncio.run(patiently(rebuild_of(engine, log_url, expect=left.update)))

    assert sum(left.values()) < 28
    assert report.same
    assert {row[0] for row in served(engine)} == all_ids()


async def patiently(rebuild: Rebuild) -> Report:
    """The server notices the death of a session a moment later."""
    while True:
        try:
            assert rebuild.intent().resumes
            return await rebuild.swap()
        except RebuildUnderWay:
            continue


def test_a_rebuild_begun_by_other_code_begins_again(engine: Engine, projector: Projector, log_url: str) -> None:
    open_shelf(engine, "written").lay(2, LOUDER, source="log")

    assert not rebuild_of(engine, log_url).intent().resumes
    assert asyncio.run(rebuild_of(engine, log_url).swap()).same


def test_two_rebuilds_of_one_read_model_at_a_time_are_refused(
    engine: Engine, projector: Projector, log_url: str
) -> None:
    with alone(engine, "written"), pytest.raises(RebuildUnderWay):
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


@pytest.fixture
def stores(tmp_path: Path) -> FromStores:
    """The store behind the topic: every second note was edited, which stays private."""
    store_url = f"sqlite:///{tmp_path / 'origin.db'}"
    engine = open_engine(store_url)
    migrate(engine, partitions=PARTITIONS)
    notes = Notes(open_store(engine, source="notes", partitions=PARTITIONS))
    for number in range(12):
        customer_id = UUID(int=number % 3)
        done = notes.perform(notes.write_note, WriteNote(customer_id=customer_id, text="asks"), said(f"w{number}"))
        if number % 2:
            notes.perform(notes.edit_note, EditNote(note_id=done.id, text="asked"), said(f"e{number}"))
    engine.dispose()
    return FromStores({TOPIC: Origin(store_url, "notes", Notes.aggregates, publish)})


@pytest.fixture
def relayed(engine: Engine, stores: FromStores, log_url: str, tmp_path: Path) -> Iterator[tuple[Projector, SqliteLog]]:
    """Generation 1 has read what the relay said of that store."""
    log = SqliteLog(log_url, lambda: NOON)
    asyncio.run(log.create_topic(TOPIC, PARTITIONS))
    origin = open_engine(f"sqlite:///{tmp_path / 'origin.db'}")
    store = open_store(origin, source="notes", partitions=PARTITIONS)
    relay = Relay(store, FactMapper(Notes.aggregates), publish, log, open_ownership(origin), topic=TOPIC)
    asyncio.run(relay.step())
    asyncio.run(relay.release())
    origin.dispose()
    projector = Projector(engine, (MODEL,), parse, lambda: NOON, partitions=PARTITIONS)
    projector.prepare()
    follow(projector, log)
    yield projector, log
    asyncio.run(log.close())


def test_the_stores_give_the_same_rows_as_the_log(
    engine: Engine, relayed: tuple[Projector, SqliteLog], stores: FromStores
) -> None:
    before, at = served(engine), checkpoint(engine, 1)

    report = asyncio.run(Rebuild(engine, MODEL, parse, PARTITIONS, stores).swap())

    assert (report.same, report.source, report.tables[0].rows_new) == (True, "stores", 12)
    assert (len(before), served(engine)) == (12, before)
    assert checkpoint(engine, 1) == at
    assert open_shelf(engine, "written").served().source == "stores"


def test_after_a_build_from_stores_the_log_is_read_on(
    engine: Engine, relayed: tuple[Projector, SqliteLog], stores: FromStores, log_url: str
) -> None:
    projector, log = relayed
    asyncio.run(Rebuild(engine, MODEL, parse, PARTITIONS, stores).swap())

    again = asyncio.run(rebuild_of(engine, log_url).verify())
    follow(projector, log)

    assert again.same
    assert not projector.stopped


def test_one_customers_rows_are_put_right_and_nobody_elses_touched(
    engine: Engine, relayed: tuple[Projector, SqliteLog], log_url: str
) -> None:
    of_customer = written.c.customer_id == UUID(int=1)
    with engine.begin() as db:
        right = db.execute(select(written).where(of_customer).order_by(written.c.event_id)).all()
        db.execute(update(written).values(text="forged"))
        db.execute(delete(written).where(written.c.event_id == right[0].event_id))

    report = asyncio.run(OneCustomer(rebuild_of(engine, log_url), UUID(int=1)).swap())

    (table,) = report.tables
    assert (table.only_new, table.different, table.rows_new) == (1, 3, 4)
    with engine.connect() as db:
        assert db.execute(select(written).where(of_customer).order_by(written.c.event_id)).all() == right
        assert set(db.scalars(select(written.c.text).where(~of_customer))) == {"forged"}


def test_verifying_one_customer_changes_nothing(
    engine: Engine, relayed: tuple[Projector, SqliteLog], log_url: str
) -> None:
    with engine.begin() as db:
        db.execute(update(written).values(text="forged"))
    forged = served(engine)

    report = asyncio.run(OneCustomer(rebuild_of(engine, log_url), UUID(int=1)).verify())

    assert (report.same, report.tables[0].different) == (False, 4)
    assert served(engine) == forged


def test_a_customer_whose_events_wait_is_not_rebuilt(
    engine: Engine, projector: Projector, log: SqliteLog, log_url: str
) -> None:
    say(log, [record(7, text="poison")])
    follow(projector, log)

    with pytest.raises(CustomerWaits):
        asyncio.run(OneCustomer(rebuild_of(engine, log_url), UUID(int=0)).swap())


def test_several_processes_build_the_same_rows(engine: Engine, projector: Projector, log_url: str) -> None:
    told: list[int] = []

    report = asyncio.run(rebuild_of(engine, log_url, workers=2, tell=lambda _, records: told.append(records)).swap())

    assert (report.same, report.commands, report.effects, sum(told)) == (True, 0, 0, 28)

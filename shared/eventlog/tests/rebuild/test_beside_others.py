"""Rebuilds beside other data: other topics and readers, other tables, unknown types, a kept generation."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pickle import PicklingError
from uuid import UUID

import pytest
from sqlalchemy import Connection, Engine, insert, select, update

from crm_eventlog.consumer.checkpoint import Reader, create_missing_checkpoints
from crm_eventlog.consumer.parking import ParkedRecord, park
from crm_eventlog.envelope import CloudEvent
from crm_eventlog.log import SqliteLog
from crm_eventlog.projection import Projector
from crm_eventlog.reactions.counters import processed
from crm_eventlog.rebuild import CustomerWaits, NothingKept, NotServed, OneCustomer, Rebuild
from crm_eventlog.rebuild.generations import open_generation_store
from crm_eventlog.tables import checkpoints, generations
from shared.eventlog.tests.rebuild.states import MODEL, follow, project, rebuild_of, say, served
from shared.eventlog.tests.support.notes import NOON, PARTITIONS, TOPIC
from shared.eventlog.tests.support.records import record

WRITTEN = Reader("written", 1)
# Lies in partition 3.
CHEN = UUID(int=3)


def standing(engine: Engine) -> list[int]:
    generations = open_generation_store(engine, "written")
    return [number for number in range(5) if generations.exists(number)]


def test_only_the_topics_that_todays_code_hears_are_read(engine: Engine, projector: Projector, log_url: str) -> None:
    with engine.begin() as db:
        create_missing_checkpoints(db, WRITTEN, ["crm.before.v1"], PARTITIONS, NOON)
        db.execute(update(checkpoints).where(checkpoints.c.topic == "crm.before.v1").values(next_offset=9))

    rebuild = rebuild_of(engine, log_url)

    assert set(rebuild.marks()) == {(TOPIC, partition) for partition in range(PARTITIONS)}
    assert rebuild.intent().records == {f"{TOPIC}/{partition}": 7 for partition in range(PARTITIONS)}


def test_a_generation_is_told_with_the_tables_that_it_has_and_todays_where_none_were_noted(
    engine: Engine, projector: Projector, log_url: str
) -> None:
    assert rebuild_of(engine, log_url).intent().served.tables == ("written",)
    for noted, told in (("a b", ("a", "b")), ("", ("written",))):
        with engine.begin() as db:
            db.execute(update(generations).values(tables=noted))
        assert rebuild_of(engine, log_url).intent().served.tables == told


def test_what_was_kept_and_is_gone_is_not_served_again(engine: Engine, projector: Projector, log_url: str) -> None:
    asyncio.run(rebuild_of(engine, log_url).swap())
    open_generation_store(engine, "written").clear(1)

    with pytest.raises(NothingKept, match=r"^written: no generation before 2 is kept$"):
        asyncio.run(rebuild_of(engine, log_url).roll_back())

    assert open_generation_store(engine, "written").served().number == 2


def test_a_swap_and_a_way_back_leave_every_other_read_model_as_it_stands(
    engine: Engine, projector: Projector, log_url: str
) -> None:
    def others(db: Connection) -> list[tuple[object, ...]]:
        rows = [select(table).where(table.c.reader == "another") for table in (generations, checkpoints)]
        return [tuple(row) for query in rows for row in db.execute(query.order_by(*query.selected_columns[:4]))]

    with engine.begin() as db:
        create_missing_checkpoints(db, Reader("another", 4), [TOPIC], PARTITIONS, NOON)
        row = {"reader": "another", "generation": 4, "version": 9, "tables": "theirs", "source": "log", "kept": 3}
        db.execute(insert(generations).values(row))
        before = others(db)

    asyncio.run(rebuild_of(engine, log_url).swap())
    with engine.connect() as db:
        swapped = others(db)
    asyncio.run(rebuild_of(engine, log_url).roll_back())
    with engine.connect() as db:
        back = others(db)

    assert len(before) == 1 + PARTITIONS
    assert (swapped, back) == (before, before)


def test_a_read_model_that_was_never_built_here_says_so_by_its_name(engine: Engine, log_url: str) -> None:
    with pytest.raises(NotServed) as refused:
        rebuild_of(engine, log_url).marks()

    assert str(refused.value) == str(NotServed("written"))
    assert "written" in str(refused.value)


def test_what_a_broken_rebuild_left_is_cleared_before_another_begins(
    engine: Engine, projector: Projector, log_url: str
) -> None:
    generations = open_generation_store(engine, "written")
    generations.create(2, MODEL, source="log")
    assert standing(engine) == [2]

    generations.create(2, MODEL, source="stores")
    again = generations.built(2)
    generations.clear(2)

    assert (again.number, again.source, again.tables) == (2, "stores", ("written",))
    assert standing(engine) == []


def test_one_customers_rebuild_leaves_the_kept_generation_where_it_is(
    engine: Engine, projector: Projector, log_url: str
) -> None:
    asyncio.run(rebuild_of(engine, log_url).swap())

    assert asyncio.run(OneCustomer(rebuild_of(engine, log_url), CHEN).swap()).same

    assert standing(engine) == [1]
    assert asyncio.run(rebuild_of(engine, log_url).roll_back())[1].number == 1


def test_only_what_waits_of_this_customer_and_this_read_model_is_in_the_way(
    engine: Engine, projector: Projector, log_url: str
) -> None:
    mine, another = record(7, partition=3), record(7, partition=2)
    with engine.begin() as db:
        park(db, [ParkedRecord(WRITTEN, another, 0, None), ParkedRecord(Reader("another", 1), mine, 0, None)], NOON)
    of_one = OneCustomer(rebuild_of(engine, log_url), CHEN)

    assert asyncio.run(of_one.verify()).same
    with engine.begin() as db:
        park(db, [ParkedRecord(WRITTEN, mine, 0, None)], NOON)
    with pytest.raises(CustomerWaits, match=f"^events of {CHEN} are parked: crm parked show tells why$"):
        asyncio.run(of_one.verify())


def test_types_that_nobody_knows_are_passed_by(
    engine: Engine, projector: Projector, log: SqliteLog, log_url: str
) -> None:
    one = record(7, partition=3)
    unknown = tuple((name, b"crm.notes.Burnt.v1" if name == "ce_type" else value) for name, value in one.headers)
    say(log, [one._replace(headers=unknown)])
    follow(projector, log)
    before = served(engine)

    of_one = asyncio.run(OneCustomer(rebuild_of(engine, log_url), CHEN).swap())
    of_all = asyncio.run(rebuild_of(engine, log_url).swap())

    assert (of_one.same, of_one.records, of_all.same, of_all.records) == (True, 8, True, 29)
    assert served(engine) == before


def test_what_is_given_while_it_builds_is_reported(engine: Engine, projector: Projector, log_url: str) -> None:
    def on_progress(partition: int, records: int) -> None:
        processed.commands += 2
        processed.effects += 3

    report = asyncio.run(rebuild_of(engine, log_url, on_progress=on_progress).verify())

    assert (report.commands, report.effects) == (2 * PARTITIONS, 3 * PARTITIONS)


def only_here(engine: Engine, log_url: str, workers: int) -> Rebuild:
    """Rebuild a read model that cannot be pickled."""

    def here(events: Sequence[CloudEvent], db: Connection) -> None:
        project(events, db)

    return rebuild_of(engine, log_url, replace(MODEL, project=here), workers=workers)


def test_only_several_workers_on_a_server_are_processes_of_their_own(
    engine: Engine, projector: Projector, log_url: str
) -> None:
    assert asyncio.run(only_here(engine, log_url, 1).verify()).same
    if engine.dialect.name == "sqlite":
        assert asyncio.run(only_here(engine, log_url, 2).verify()).same
    else:
        with pytest.raises((AttributeError, PicklingError), match="pickle"):
            asyncio.run(only_here(engine, log_url, 2).verify())

"""Rebuilds of a read model that counts, so that an event folded twice or never changes a number."""

import asyncio
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import pytest
from sqlalchemy import Column, Connection, Engine, Integer, MetaData, Table, Text, Uuid, select, update
from sqlalchemy.dialects import postgresql, sqlite

from crm_eventlog.consumer import PollingConsumer
from crm_eventlog.envelope import CloudEvent, to_record
from crm_eventlog.log import LogRecord, Outgoing, SqliteLog
from crm_eventlog.projection import Projector, ReadModel
from crm_eventlog.rebuild import (
    Generation,
    LogSource,
    NotByCustomer,
    OneCustomer,
    Rebuild,
    RebuildPlan,
    UnprocessableEvent,
)
from crm_eventlog.rebuild.generations import open_generation_store
from crm_eventlog.store import GENESIS, StoredFact
from shared.eventlog.tests.support.notes import NOON, PARTITIONS, TOPIC, NoteWritten, parse

LETTERS = "crm.letters.v1"
# Both lie in partition 3, with a third one; the last of them in partition 1.
LI, WU, HE, FAR = UUID(int=1), UUID(int=3), UUID(int=8), UUID(int=2)
per_customer = Table(
    "per_customer",
    MetaData(),
    Column("customer_id", Uuid, primary_key=True),
    Column("events", Integer, nullable=False),
    Column("weight", Integer, nullable=False),
)
per_topic = Table("per_topic", MetaData(), Column("topic", Text, primary_key=True), Column("events", Integer))


def project(events: Sequence[CloudEvent], db: Connection) -> None:
    """Count every event in its place, and weigh it by its first letter."""
    made: Any = postgresql.insert if db.dialect.name == "postgresql" else sqlite.insert
    for event in events:
        weight = ord(event.data.text[0])
        row = made(per_customer).values(customer_id=event.data.customer_id, events=1, weight=weight)
        more = {"events": per_customer.c.events + 1, "weight": per_customer.c.weight + weight}
        db.execute(row.on_conflict_do_update(index_elements=["customer_id"], set_=more))
        row = made(per_topic).values(topic=event.source, events=1)
        db.execute(row.on_conflict_do_update(index_elements=["topic"], set_={"events": per_topic.c.events + 1}))


MODEL = ReadModel("counts", 1, (per_customer, per_topic), frozenset({TOPIC, LETTERS}), project)


def of(customer: UUID, pos: int, text: str, topic: str = TOPIC) -> tuple[str, int, Outgoing]:
    """Return a public event about a customer."""
    event, part = UUID(int=1_000 + pos), 1 if customer == FAR else 3
    who = {"actor": "li", "role": "clerk", "unit": "u", "channel": "web", "correlation_id": "c"}
    told = orjson.dumps(who | {"occurred_at": "2026-11-02T12:00:00Z"}).decode()
    fact = StoredFact(event, 1, "", b"", part, event, customer, "c", NOON, told, pos, GENESIS, GENESIS)
    source = topic.split(".")[1]
    return topic, part, Outgoing(*to_record(source, fact, NoteWritten(note_id=event, customer_id=customer, text=text)))


TOLD = [
    of(LI, 1, "a"),
    of(WU, 2, "b"),
    of(LI, 3, "c"),
    # After a crash of the relay, two facts come again before the next.
    of(WU, 2, "b"),
    of(LI, 3, "c"),
    of(LI, 4, "d"),
    of(HE, 5, "e"),
    of(LI, 1, "x", LETTERS),
    of(WU, 2, "y", LETTERS),
    of(FAR, 1, "z"),
    of(FAR, 1, "z"),
]
RIGHT = [(LI, 4, sum(b"acdx")), (FAR, 1, sum(b"z")), (WU, 2, sum(b"by")), (HE, 1, sum(b"e"))]
BY_TOPIC = [("letters", 2), ("notes", 6)]


@pytest.fixture
def log(tmp_path: Path) -> Iterator[SqliteLog]:
    """Fill two topics, with suffixes that were sent again."""
    log = SqliteLog(f"sqlite:///{tmp_path / 'log.db'}", lambda: NOON)
    for topic in (TOPIC, LETTERS):
        asyncio.run(log.create_topic(topic, PARTITIONS))
    say(log, TOLD)
    yield log
    asyncio.run(log.close())


@pytest.fixture
def projector(engine: Engine, log: SqliteLog) -> Projector:
    """Let generation 1 count everything, once."""
    projector = Projector(engine, (MODEL,), parse, lambda: NOON, partitions=PARTITIONS)
    projector.prepare()
    follow(projector, log)
    assert rows(engine) == RIGHT
    return projector


def say(log: SqliteLog, told: Sequence[tuple[str, int, Outgoing]]) -> None:
    for topic, part, outgoing in told:
        asyncio.run(log.append(topic, {part: [outgoing]}))


def follow(projector: Projector, log: SqliteLog) -> None:
    follower = PollingConsumer(projector, log, [TOPIC, LETTERS], batch=2)

    async def to_the_end() -> None:
        while await follower.step():
            pass

    asyncio.run(to_the_end())


def rows(engine: Engine, table: Table = per_customer) -> list[tuple[Any, ...]]:
    with engine.connect() as db:
        return [tuple(row) for row in db.execute(select(table).order_by(*list(table.c)[:1]))]


def rebuild_of(engine: Engine, tmp_path: Path, **options: Any) -> Rebuild:
    model = options.pop("model", MODEL)
    return Rebuild(engine, model, parse, PARTITIONS, LogSource(f"sqlite:///{tmp_path / 'log.db'}"), **options)


def forged(engine: Engine) -> None:
    with engine.begin() as db:
        db.execute(update(per_customer).values(events=99))
        db.execute(update(per_topic).values(events=99))


def test_what_was_sent_again_is_counted_once_by_a_rebuild_of_one_customer(
    engine: Engine, projector: Projector, tmp_path: Path
) -> None:
    forged(engine)
    told: list[tuple[int, int]] = []
    rebuild = rebuild_of(engine, tmp_path, on_progress=lambda *words: told.append(words))

    report = asyncio.run(OneCustomer(rebuild, LI).swap())

    (table,) = report.tables
    counted = (table.table, table.rows_old, table.rows_new, table.only_old, table.only_new, table.different)
    assert (counted, table.examples) == (("per_customer", 1, 1, 0, 0, 1), [str(LI)])
    assert (report.records, report.left, report.same) == (9, ["per_topic"], False)
    assert sorted(told) == [(3, 2), (3, 7)]
    assert rows(engine) == [RIGHT[0], *((who, 99, weight) for who, _, weight in RIGHT[1:])]
    assert asyncio.run(OneCustomer(rebuild_of(engine, tmp_path), LI).verify()).same
    assert not open_generation_store(engine, "counts").exists(0)


def test_what_is_told_while_one_customer_is_counted_counts_too_and_once(
    engine: Engine, projector: Projector, log: SqliteLog, tmp_path: Path
) -> None:
    told: list[int] = []

    def more() -> None:
        say(log, [of(LI, 4, "d"), of(LI, 6, "f"), of(WU, 7, "g")])
        follow(projector, log)
        say(log, [of(HE, 8, "not read yet"), of(LI, 9, "not read yet")])

    def meanwhile(_: int, records: int) -> None:
        if not told:
            with ThreadPoolExecutor(1) as elsewhere:
                elsewhere.submit(more).result()
        told.append(records)

    report = asyncio.run(OneCustomer(rebuild_of(engine, tmp_path, on_progress=meanwhile), LI).swap())

    assert (report.same, report.records, sum(told)) == (True, 12, 12)
    assert {row[0]: row[1] for row in rows(engine)} == {LI: 5, FAR: 1, WU: 3, HE: 1}


def test_a_read_model_without_customers_is_not_rebuilt_for_one(
    engine: Engine, projector: Projector, tmp_path: Path
) -> None:
    model = replace(MODEL, tables=(per_topic,))

    with pytest.raises(NotByCustomer, match=r"^counts: none of its tables has a column customer_id: rebuild the whole"):
        asyncio.run(OneCustomer(rebuild_of(engine, tmp_path, model=model), LI).swap())


@pytest.mark.parametrize("batch", [1, 3, 5_000])
def test_a_rebuild_counts_everything_once_and_says_what_it_did(
    engine: Engine, projector: Projector, log: SqliteLog, tmp_path: Path, batch: int
) -> None:
    forged(engine)
    say(log, [of(WU, 3, "not read yet", LETTERS), of(LI, 6, "not read yet")])
    left: dict[int, int] = {}
    told: list[tuple[int, int]] = []
    rebuild = rebuild_of(
        engine, tmp_path, batch=batch, on_total=left.update, on_progress=lambda *words: told.append(words)
    )

    report = asyncio.run(rebuild.swap())

    found = asdict(report)
    assert 0 < found.pop("building_seconds") <= found.pop("seconds") < 60
    tables = [(each["table"], each["different"], each["rows_new"]) for each in found.pop("tables")]
    old = Generation(1, 1, ("per_customer", "per_topic"), "log", None)
    counted = {"records": 11, "lag": 2, "parked": 0, "commands": 0, "effects": 0}
    assert tables == [("per_customer", 4, 4), ("per_topic", 2, 2)]
    assert (
        found == {"name": "counts", "old": asdict(old), "new": 2, "version": 1, "source": "log", "served": 2} | counted
    )
    assert (rows(engine), rows(engine, per_topic)) == (RIGHT, BY_TOPIC)
    assert left == {0: 0, 1: 2, 2: 0, 3: 9}
    assert {part: sum(n for p, n in told if p == part) for part, _ in told} == {1: 2, 3: 9}
    assert max(records for _, records in told) <= batch


def test_an_intent_says_whole_what_would_be_done(engine: Engine, projector: Projector, tmp_path: Path) -> None:
    served = Generation(1, 1, ("per_customer", "per_topic"), "log", None)
    records = {f"{LETTERS}/3": 2, f"{TOPIC}/1": 2, f"{TOPIC}/3": 7}
    expected = RebuildPlan(served=served, number=2, version=1, source="log", records=records, resumes=False)

    assert rebuild_of(engine, tmp_path).intent() == expected
    open_generation_store(engine, "counts").create(2, MODEL, source="log")
    assert rebuild_of(engine, tmp_path).intent() == replace(expected, resumes=True)
    open_generation_store(engine, "counts").create(2, MODEL, source="stores")
    assert rebuild_of(engine, tmp_path).intent() == expected


def test_after_a_rollback_the_next_number_is_one_that_nobody_had(
    engine: Engine, projector: Projector, tmp_path: Path
) -> None:
    asyncio.run(rebuild_of(engine, tmp_path).swap())
    asyncio.run(rebuild_of(engine, tmp_path).roll_back())

    intent = rebuild_of(engine, tmp_path).intent()
    report = asyncio.run(rebuild_of(engine, tmp_path).verify())

    assert (intent.number, intent.served.number, intent.served.kept) == (3, 1, 2)
    assert (report.new, report.served, report.same) == (3, 1, True)
    assert [number for number in range(5) if open_generation_store(engine, "counts").exists(number)] == [2]


def test_a_generation_that_would_have_a_hole_is_not_built(engine: Engine, projector: Projector, tmp_path: Path) -> None:
    class Gap(LogSource):
        """A source that has lost the first record of partition 1."""

        async def read(self, place: tuple[str, int], offset: int, limit: int) -> list[LogRecord]:
            found = await super().read(place, offset, limit)
            return [each._replace(offset=each.offset + 1) for each in found] if place[1] == 1 else found

    rebuild = replace(rebuild_of(engine, tmp_path), source=Gap(f"sqlite:///{tmp_path / 'log.db'}"))

    with pytest.raises(UnprocessableEvent) as refused:
        asyncio.run(rebuild.swap())

    place = f"{TOPIC}[1]"
    assert str(refused.value) == f"{place} at offset 1: GapInLog: {place}: offset 0 was expected, 1 came"
    assert rows(engine) == RIGHT

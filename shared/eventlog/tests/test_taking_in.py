"""A batch for two readers with different checkpoints: events folded, records parked, partitions stopped."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest
import structlog
from sqlalchemy import Column, Engine, Integer, MetaData, Table, Text, insert, select, update
from sqlalchemy.exc import OperationalError

from crm_eventlog.consumer import (
    EventConsumer,
    PollingConsumer,
    PositionMalformed,
    Stopped,
    TransientError,
    is_visible,
    parse_position,
)
from crm_eventlog.consumer.checkpoint import Reader
from crm_eventlog.envelope import CloudEvent
from crm_eventlog.log import LogRecord, MemoryLog, Outgoing
from crm_eventlog.projection import Projector, ReadModel, VersionChanged, insert_or_ignore, insert_or_replace
from crm_eventlog.tables import checkpoints, generations, parked, relay_checkpoints
from shared.eventlog.tests.support.notes import NOON, PARTITIONS, TOPIC, all_notes, parse, rows_of
from shared.eventlog.tests.support.records import ids, record

A, B = Reader("a", 1), Reader("b", 2)
OTHER = "crm.other.v1"
counts = Table("counts", MetaData(), Column("name", Text, primary_key=True), Column("n", Integer), Column("m", Integer))


def seen_rows(engine: Engine) -> list[tuple[Any, ...]]:
    with engine.connect() as db:
        return [tuple(row) for row in db.execute(select(counts).order_by(counts.c.name))]


def test_rows_are_inserted_ignored_or_replaced_by_their_key(engine: Engine) -> None:
    with engine.begin() as db:
        counts.create(db)
        insert_or_ignore(db, counts, [])
        insert_or_replace(db, counts, [])
        db.execute(insert(counts), [{"name": "a", "n": 1, "m": 1}, {"name": "b", "n": 5, "m": 5}])

        insert_or_ignore(db, counts, [{"name": "a", "n": 9, "m": 9}, {"name": "c", "n": 3, "m": 3}])
        insert_or_replace(db, counts, [{"name": "a", "n": 2}, {"name": "d", "n": 4}])
        insert_or_replace(db, counts, [{"name": "b"}, {"name": "e"}])
        insert_or_replace(db, counts, [{"name": "a", "n": 7}, {"name": "b", "n": 7}], where=counts.c.n < 5)

    assert seen_rows(engine) == [("a", 7, 1), ("b", 5, 5), ("c", 3, 3), ("d", 4, None), ("e", None, None)]


@pytest.mark.parametrize(
    "position", ["", "3", "3:", ":4", "3:4:5", "-3:4", "3:-4", "3:x", "x:4", "٣:4", f"3:{2**63}", f"3:{'0' * 29}"]
)
def test_a_position_is_two_whole_numbers_that_a_database_can_count_to(position: str) -> None:
    with pytest.raises(PositionMalformed) as refused:
        parse_position(position)

    assert refused.value.args == (position,)
    assert (parse_position("3:4"), parse_position(f"3:{2**63 - 1}")) == ((3, 4), (3, 2**63 - 1))
    assert parse_position(f"3:{'0' * 28}") == (3, 0)


def test_a_position_is_seen_once_it_is_relayed_and_every_reader_has_read_past_it(engine: Engine) -> None:
    models = tuple(ReadModel(name, 1, (), frozenset({TOPIC, OTHER}), lambda *_: None) for name in ("a", "b"))
    Projector(engine, models, parse, lambda: NOON, partitions=PARTITIONS).prepare()

    def after(relayed: tuple[int, int], **read: int) -> bool:
        with engine.begin() as db:
            here = relay_checkpoints.c.part == 3
            db.execute(update(relay_checkpoints).where(here).values(pos=relayed[0], next_offset=relayed[1]))
            for reader, offset in read.items():
                mine = (checkpoints.c.reader == reader) & (checkpoints.c.topic == TOPIC)
                db.execute(update(checkpoints).where(mine, checkpoints.c.partition == 3).values(next_offset=offset))
        return is_visible(engine, TOPIC, "3:7")

    assert not is_visible(engine, TOPIC, "9:0")
    assert not after((6, 5), a=5, b=5)
    assert not after((7, 5), a=5, b=4)
    assert after((7, 5), a=5, b=5)
    assert after((8, 5), a=6, b=5)
    assert not after((8, 6), a=6, b=5)
    # The other partition has relayed nothing, and this one nothing on the other topic.
    assert not is_visible(engine, TOPIC, "2:1")
    assert is_visible(engine, "crm.nobody.v1", "3:7")


def test_what_is_needed_is_the_least_that_any_reader_of_the_served_generation_needs(engine: Engine) -> None:
    models = tuple(ReadModel(name, 1, (), frozenset({TOPIC}), lambda *_: None) for name in ("a", "b"))
    projector = Projector(engine, models, parse, lambda: NOON, partitions=2)
    projector.prepare()
    with engine.begin() as db:
        for reader, part, offset in (("a", 0, 5), ("b", 0, 3), ("a", 1, 2), ("b", 1, 9)):
            here = (checkpoints.c.reader == reader) & (checkpoints.c.partition == part)
            db.execute(update(checkpoints).where(here).values(next_offset=offset))
        db.execute(
            insert(checkpoints).values(
                reader="a", generation=2, topic=TOPIC, partition=0, next_offset=1, updated_at=NOON
            )
        )

    assert projector.positions() == {(TOPIC, 0): 3, (TOPIC, 1): 2}
    with engine.begin() as db:
        db.execute(update(generations).where(generations.c.reader == "b").values(version=2))
    projector.positions()
    reason = "VersionChanged: b was built by version 2, this code is version 1"
    assert projector.stopped == {(TOPIC, part): Stopped(TOPIC, part, 0, reason) for part in range(2)}
    with pytest.raises(VersionChanged, match=r"^b was built by version 2, this code is version 1$"):
        Projector(engine, models, parse, lambda: NOON, partitions=2).prepare()


def test_a_read_model_is_laid_once_and_read_on_in_the_generation_that_is_served(engine: Engine) -> None:
    model = ReadModel("a", 3, (counts, all_notes), frozenset({TOPIC}), lambda *_: None)

    def prepared() -> Projector:
        projector = Projector(engine, (model,), parse, lambda: NOON, partitions=1)
        projector.prepare()
        return projector

    first = prepared()
    with engine.begin() as db:
        laid = [tuple(row) for row in db.execute(select(generations))]
        # Another consumer reads in this database as well.
        db.execute(insert(generations).values(reader="b", generation=1, version=9, tables=""))
        db.execute(update(generations).where(generations.c.reader == "a").values(generation=2))

    assert (laid, seen_rows(engine), rows_of(engine)) == ([("a", 1, 3, "counts all_notes", "log", None)], [], [])
    assert first.topics == {Reader("a", 1): {TOPIC}}
    assert prepared().topics == {Reader("a", 2): {TOPIC}}
    assert (first.positions(), first.stopped, first.topics) == ({(TOPIC, 0): 0}, {}, {Reader("a", 2): {TOPIC}})


class Spy(EventConsumer):
    """A consumer with two readers of overlapping topics, which remembers each batch."""

    fails: Exception | None = None

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.folded: list[Any] = []

    @property
    def topics(self) -> Mapping[Reader, frozenset[str]]:
        return {A: frozenset({TOPIC}), B: frozenset({TOPIC, OTHER})}

    def ready(self, reader: Reader, events: Sequence[CloudEvent]) -> Any:
        if self.fails and reader is B:
            raise self.fails
        batch = (reader.name, [(event.position, event.id) for event in events])
        return lambda db: self.folded.append(batch)


@pytest.fixture
def spy(engine: Engine) -> Spy:
    spy = Spy(engine, parse, lambda: NOON + timedelta(hours=1), partitions=PARTITIONS)
    spy.prepare()
    return spy


def of(topic: str, offset: int, partition: int = 0) -> LogRecord:
    return record(offset, partition=partition)._replace(topic=topic)


def told(*places: tuple[int, int]) -> list[Any]:
    return [(f"{part}:{offset + 1}", next(iter(ids(offset, partition=part)))) for offset, part in places]


def exists(engine: Engine) -> dict[tuple[Any, ...], tuple[int, int]]:
    with engine.connect() as db:
        return {tuple(r[:4]): (r[4], r[5]) for r in db.execute(select(checkpoints)) if r.next_offset}


def test_each_reader_folds_its_own_topics_in_their_order_however_they_come(spy: Spy) -> None:
    spy.process_batch([of(OTHER, 1), of(TOPIC, 1), of(TOPIC, 0, 1), of(OTHER, 0), of(TOPIC, 0)])

    of_topic = told((0, 0), (1, 0), (0, 1))
    assert spy.folded == [("a", of_topic), ("b", [*of_topic, *told((0, 0), (1, 0))])]
    assert exists(spy.engine) == {
        ("a", 1, TOPIC, 0): (2, 2),
        ("a", 1, TOPIC, 1): (1, 1),
        ("b", 2, TOPIC, 0): (2, 2),
        ("b", 2, TOPIC, 1): (1, 1),
        ("b", 2, OTHER, 0): (2, 2),
    }


def test_trouble_that_passes_leaves_everything_as_it_was(spy: Spy) -> None:
    for error in (TransientError("later"), OperationalError("select", None, Exception("away"))):
        spy.fails = error
        with pytest.raises(type(error)):
            spy.process_batch([of(TOPIC, 0)])

    assert (spy.folded, spy.stopped, exists(spy.engine)) == ([], {}, {})


def test_trouble_that_passes_within_the_transaction_sets_nothing_aside(engine: Engine) -> None:
    def away(_events: Sequence[CloudEvent], _db: Any) -> None:
        raise TransientError("later")

    projector = Projector(
        engine, (ReadModel("a", 1, (), frozenset({TOPIC}), away),), parse, lambda: NOON, partitions=PARTITIONS
    )
    projector.prepare()

    with pytest.raises(TransientError):
        projector.process_batch([of(TOPIC, 0)])

    assert (projector.stopped, exists(engine)) == ({}, {})
    with engine.connect() as db:
        assert db.execute(select(parked)).all() == []


def test_a_reader_that_cannot_is_left_behind_with_what_it_could_not_and_says_so(spy: Spy) -> None:
    spy.fails = ValueError("no")
    with structlog.testing.capture_logs() as logs:
        spy.process_batch([of(OTHER, 0), of(TOPIC, 0)])

    assert spy.folded == [("a", told((0, 0)))]
    with spy.engine.connect() as db:
        rows = db.execute(select(parked.c.reader, parked.c.topic, parked.c.error, parked.c.parked_at)).all()
    hour = NOON + timedelta(hours=1)
    assert sorted(map(tuple, rows)) == [("b", TOPIC, "ValueError: no", hour), ("b", OTHER, None, hour)]
    context = [(each["reader"], each["topic"], each["partition"], each["offset"], each["error_type"]) for each in logs]
    assert context == [("b", TOPIC, 0, 0, "ValueError")]


def test_a_stopped_partition_is_read_no_further_and_the_others_are(spy: Spy) -> None:
    spy.compare(TOPIC, 0, needed=5, end=5)
    assert spy.stopped == {}
    spy.compare(TOPIC, 0, needed=6, end=5)
    spy.compare(TOPIC, 0, needed=9, end=1)

    spy.process_batch([of(TOPIC, 0), of(TOPIC, 0, 1)])

    cut = f"LogCutShort: {TOPIC}[0] ends at 5, but was read up to 6"
    assert spy.stopped == {(TOPIC, 0): Stopped(TOPIC, 0, 5, cut)}
    assert spy.folded == [("a", told((0, 1))), ("b", told((0, 1)))]


def test_a_reason_to_stop_is_cut_where_it_is_too_long(spy: Spy) -> None:
    with structlog.testing.capture_logs() as logs:
        spy.stop(TOPIC, 2, 7, ValueError("x" * 900))

    assert spy.stopped[TOPIC, 2] == Stopped(TOPIC, 2, 7, f"ValueError: {'x' * 488}")
    (log,) = logs
    assert (log["topic"], log["partition"], log["offset"], log["error_type"]) == (TOPIC, 2, 7, "ValueError")


def test_a_follower_reads_no_more_than_a_batch_and_leaves_missing_topics_aside(spy: Spy) -> None:
    async def story() -> list[int]:
        log = MemoryLog(lambda: NOON)
        await log.create_topic(TOPIC, PARTITIONS)
        for part in range(PARTITIONS):
            await log.append(TOPIC, {part: [Outgoing(*of(TOPIC, offset, part)[3:6]) for offset in range(3)]})
        follower = PollingConsumer(spy, log, [TOPIC, OTHER], batch=5)
        return [await follower.step() for _ in range(4)]

    assert asyncio.run(story()) == [5, 5, 2, 0]
    assert {place[3]: mark for place, mark in exists(spy.engine).items()} == dict.fromkeys(range(PARTITIONS), (3, 3))


@pytest.mark.parametrize(
    ("spoilt", "error"),
    [
        ({"partition": 2}, f"Misplaced: 0:1 lies in {TOPIC}[2]"),
        ({"value": b""}, "Undecodable: the value is empty"),
    ],
)
def test_what_is_wrong_with_a_record_stands_beside_it_for_each_reader(
    spy: Spy, spoilt: dict[str, Any], error: str
) -> None:
    spy.process_batch([of(TOPIC, 0)._replace(**spoilt)])

    with spy.engine.connect() as db:
        rows = db.execute(select(parked.c.reader, parked.c.partition, parked.c.error).order_by(parked.c.reader)).all()
    part = spoilt.get("partition", 0)
    assert [tuple(row) for row in rows] == [("a", part, error), ("b", part, error)]
    assert (spy.folded, exists(spy.engine)[("a", 1, TOPIC, part)]) == ([], (1, 0))

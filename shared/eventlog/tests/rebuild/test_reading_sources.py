"""Sources of a rebuild, record by record: batches, end offsets, lag and dropped records."""

import asyncio
from collections.abc import Iterator, Mapping
from pathlib import Path
from queue import Queue
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, select

from crm_eventlog.consumer.checkpoint import Checkpoint, CheckpointMove, Reader, advance, create_missing_checkpoints
from crm_eventlog.consumer.parking import ParkedRecord, drop, list_parked, park
from crm_eventlog.envelope import from_record
from crm_eventlog.log import LogRecord, Outgoing, SqliteLog
from crm_eventlog.migrate import migrate
from crm_eventlog.reactions.counters import Counters
from crm_eventlog.rebuild import LogSource, NothingKept, PublisherStore, SourceEndsEarly, StoreSource, WorkerFailed
from crm_eventlog.rebuild.generation_projector import dropped_offsets
from crm_eventlog.rebuild.generations import Generation, open_generation_store
from crm_eventlog.rebuild.source import Place, Source
from crm_eventlog.rebuild.workers import _listen, _shares
from crm_eventlog.store import open_engine, open_store
from crm_eventlog.tables import checkpoints
from shared.eventlog.tests.rebuild.states import LOUDER, MODEL
from shared.eventlog.tests.support.notes import (
    NOON,
    PARTITIONS,
    EditNote,
    Note,
    Notes,
    WriteNote,
    context,
    parse,
    publish,
)

A, B = "crm.a.v1", "crm.b.v1"
LENGTHS = {(A, 0): 4, (A, 1): 2, (B, 0): 1, (B, 2): 3}


@pytest.fixture
def url(tmp_path: Path) -> str:
    """Fill two topics whose partitions differ in length. Each record names its place."""
    url = f"sqlite:///{tmp_path / 'topics.db'}"

    async def populate() -> None:
        log = SqliteLog(url, lambda: NOON)
        for topic in (A, B):
            await log.create_topic(topic, PARTITIONS)
        for (topic, part), length in LENGTHS.items():
            await log.append(topic, {part: [Outgoing(b"k", b"%d" % offset, ()) for offset in range(length)]})
        await log.close()

    asyncio.run(populate())
    return url


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[StoreSource]:
    """Fill a store: partition 3 has four facts, the second and third private, and partition 1 has one."""
    engine = open_engine(f"sqlite:///{tmp_path / 'origin.db'}")
    migrate(engine, partitions=PARTITIONS)
    notes = Notes(open_store(engine, source="notes", partitions=PARTITIONS))
    first = notes.execute(WriteNote(customer_id=UUID(int=1), text="a"), context("a")).id
    for number in range(2):
        notes.execute(EditNote(note_id=first, text="b"), context(f"b{number}"))
    notes.execute(WriteNote(customer_id=UUID(int=3), text="c"), context("c"))
    notes.execute(WriteNote(customer_id=UUID(int=2), text="d"), context("d"))
    stores = StoreSource({A: PublisherStore(str(engine.url), "notes", (Note,), publish)})
    yield stores
    asyncio.run(stores.close())
    engine.dispose()


def places(source: Source, starts: Mapping[Place, int], ends: Mapping[Place, int], size: int) -> list[list[Any]]:
    async def story() -> list[list[Any]]:
        found = [[each[:3] for each in batch] async for batch in source.batches(starts, ends, size)]
        await source.close()
        return found

    return asyncio.run(story())


def test_batches_hold_a_partitions_topics_together_and_no_more_than_asked(url: str) -> None:
    starts, ends = {(A, 0): 1, (A, 1): 2, (B, 0): 0, (B, 2): 0}, {(B, 2): 2, (A, 1): 2, (B, 0): 1, (A, 0): 4}
    everything = [(A, 0, 1), (A, 0, 2), (A, 0, 3), (B, 0, 0), (B, 2, 0), (B, 2, 1)]

    found = {size: places(LogSource(url), starts, ends, size) for size in (1, 2, 4, 6, 100)}

    assert found == {
        size: [everything[begin : begin + size] for begin in range(0, 6, size)] for size in (1, 2, 4, 6, 100)
    }
    assert places(LogSource(url), starts, starts, 10) == []


def test_the_log_says_what_is_behind_and_where_it_ends_early(url: str) -> None:
    source = LogSource(url)
    marks = {place: Checkpoint(1, 9) for place in [(topic, part) for topic in (A, B) for part in range(PARTITIONS)]}

    async def story() -> tuple[int, list[str]]:
        refused = []
        for topic, offset in ((A, 4), ("crm.nobody.v1", 0)):
            with pytest.raises(SourceEndsEarly) as early:
                await source.read((topic, 0), offset, 10)
            refused.append(str(early.value))
        behind = await source.behind(marks | {("crm.nobody.v1", 0): Checkpoint(0, 0)})
        assert [each.offset for each in await source.read((A, 0), 2, 1)] == [2]
        await source.close()
        return behind, refused

    assert source.ends({(A, 0): Checkpoint(3, 9)}) == {(A, 0): 3}
    assert asyncio.run(story()) == (
        (4 - 1) + (2 - 1) + (3 - 1),
        [
            f"{topic}[0] has no record at {n}; the stores may still have it"
            for topic, n in ((A, 4), ("crm.nobody.v1", 0))
        ],
    )


def test_the_stores_say_every_fact_as_its_service_would_and_keep_the_place_of_what_stays_private(
    stores: StoreSource,
) -> None:
    found = asyncio.run(stores.read((A, 3), 0, 10))

    assert [(*each[:3], each.key, each.appended_at) for each in found] == [
        (A, 3, offset, str(UUID(int=1 if offset < 3 else 3)).encode(), context("x").recorded_at) for offset in range(4)
    ]
    heard = [from_record(each.headers, each.value, parse) for each in found]
    assert [each and (each.source, each.position, each.data.text) for each in heard] == [
        ("notes", "3:1", "a"),
        None,
        None,
        ("notes", "3:4", "c"),
    ]
    assert [dict(each.headers)["ce_type"] for each in found[1:3]] == [b"crm.unsaid"] * 2


def test_the_stores_are_read_by_position_and_say_what_is_behind(stores: StoreSource) -> None:
    marks = {(A, 0): Checkpoint(9, 0), (A, 1): Checkpoint(9, 0), (A, 3): Checkpoint(9, 1)}

    async def story() -> int:
        with pytest.raises(SourceEndsEarly, match=rf"^the store behind {A} has no position 3:5$"):
            await stores.read((A, 3), 4, 10)
        assert [each.offset for each in await stores.read((A, 3), 1, 2)] == [1, 2]
        return await stores.behind(marks)

    assert asyncio.run(story()) == 1 + 3
    assert stores.ends(marks) == {(A, 0): 0, (A, 1): 0, (A, 3): 1}
    assert places(stores, {(A, 3): 1, (A, 1): 0}, {(A, 3): 3, (A, 1): 1}, 10) == [[(A, 1, 0), (A, 3, 1), (A, 3, 2)]]


def test_a_generation_from_stores_counts_positions_and_is_settled_in_offsets(
    engine: Engine, stores: StoreSource
) -> None:
    reader = Reader("written", 2)
    with engine.begin() as db:
        create_missing_checkpoints(db, reader, [A, B], 2, NOON)
        advance(
            db,
            [
                CheckpointMove(reader, A, 1, Checkpoint(0, 0), 9, 7),
                CheckpointMove(reader, B, 1, Checkpoint(0, 0), 8, 6),
            ],
            NOON,
        )

    def stand() -> dict[Any, Any]:
        with engine.connect() as db:
            return {(row.topic, row.partition): (row.next_offset, row.pos) for row in db.execute(select(checkpoints))}

    stores.resume(engine)
    assert stand() == {(A, 0): (0, 0), (A, 1): (7, 7), (B, 0): (0, 0), (B, 1): (6, 6)}
    stores.settle(engine, {(A, 1): Checkpoint(11, 8), (B, 0): Checkpoint(5, 4)})
    assert stand() == {(A, 0): (0, 0), (A, 1): (11, 8), (B, 0): (5, 4), (B, 1): (6, 6)}


def test_what_was_dropped_is_known_by_its_place_in_the_log_or_in_the_store(engine: Engine) -> None:
    positions = [b"3:7", b"x:7", b"3:x", b"37", None]
    with engine.begin() as db:
        for reader in (Reader("written", 1), Reader("another", 1)):
            create_missing_checkpoints(db, reader, [A], PARTITIONS, NOON)
            for offset, position in enumerate(positions):
                headers = (("ce_sequence", b"8:8"), ("ce_position", position))
                park(db, [ParkedRecord(reader, LogRecord(A, 2, offset, b"k", b"v", headers, NOON), 0, None)], NOON)
        for one in list_parked(db, reader="written"):
            drop(db, one, by="li.na", reason="a test", now=NOON)

    assert dropped_offsets(engine, "written", source="log") == {(A, 2, offset) for offset in range(5)}
    assert dropped_offsets(engine, "written", source="stores") == {(A, 3, 6)}
    assert dropped_offsets(engine, "another", source="log") == frozenset()


def test_a_generation_is_complete_only_where_it_was_laid(engine: Engine) -> None:
    generations = open_generation_store(engine, "written")
    assert (generations.exists(2), generations.served()) == (False, None)

    generations.create(2, MODEL, source="stores")
    generations.create(3, LOUDER, source="log")

    assert generations.built(2) == Generation(2, 1, ("written",), "stores", None)
    assert generations.built(3) == Generation(3, 2, ("written",), "log", None)
    with pytest.raises(NothingKept, match=r"^written was never built here$"), generations.lock_held(2) as db:
        generations.swap(db, generations.built(2))
    generations.clear(2)
    assert [generations.exists(number) for number in (1, 2, 3)] == [False, False, True]
    assert generations.served() is None


def test_each_worker_has_partitions_of_its_own_with_all_their_topics() -> None:
    ends = {(topic, part): part for topic in (A, B) for part in range(5)}

    dealt = [sorted({part for _, part in share}) for share in _shares(ends, 2)]

    assert dealt == [[0, 2, 4], [1, 3]]
    assert [sum(share.values()) for share in _shares(ends, 2)] == [12, 8]
    assert {place: end for share in _shares(ends, 3) for place, end in share.items()} == ends
    assert [len(share) for share in _shares({(A, 0): 1, (B, 0): 2}, 4)] == [2]


def test_what_workers_tell_is_passed_on_and_summed_until_all_have_ended() -> None:
    queue: Queue[Any] = Queue()
    told: list[tuple[int, int]] = []
    for word in ((3, 5), Counters(1, 2), (2, 4), Counters(10, 20), (9, 9)):
        queue.put(word)

    total = _listen(queue, [object(), object()], lambda *words: told.append(words))

    assert (total, told) == (Counters(11, 22), [(3, 5), (2, 4)])
    queue.put("ValueError: no")
    with pytest.raises(WorkerFailed, match=r"^ValueError: no$"):
        _listen(queue, [object()], lambda *words: None)

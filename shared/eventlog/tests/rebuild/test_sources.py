"""Rebuilds from the stores, by several processes, and of one customer."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, delete, select, update

from crm_eventlog.consumer import PollingConsumer
from crm_eventlog.consumer.checkpoint import Checkpoint
from crm_eventlog.log import Outgoing, SqliteLog, open_log
from crm_eventlog.ownership import open_ownership
from crm_eventlog.projection import Projector
from crm_eventlog.rebuild import (
    CustomerWaits,
    LogSource,
    OneCustomer,
    Rebuild,
    RebuildReport,
    SourceEndsEarly,
    StoreSource,
)
from crm_eventlog.rebuild.generations import open_generation_store
from crm_eventlog.rebuild.source import Place
from crm_eventlog.relay import Relay
from crm_eventlog.store import open_engine, open_store
from crm_eventlog.tables import relay_checkpoints
from shared.eventlog.tests.rebuild.states import (
    MODEL,
    follow,
    rebuild_of,
    say,
    served,
    written,
)
from shared.eventlog.tests.support.notes import NOON, PARTITIONS, TOPIC, Notes, WriteNote, context, parse, publish
from shared.eventlog.tests.support.records import checkpoint, record


def test_the_stores_give_the_same_rows_as_the_log(
    engine: Engine, relayed: tuple[Projector, SqliteLog], stores: StoreSource
) -> None:
    before, at = served(engine), checkpoint(engine, 1)

    report = asyncio.run(Rebuild(engine, MODEL, parse, PARTITIONS, stores).swap())

    assert (report.same, report.source, report.tables[0].rows_new) == (True, "stores", 12)
    assert (len(before), served(engine)) == (12, before)
    assert checkpoint(engine, 1) == at
    assert open_generation_store(engine, "written").served().source == "stores"


def test_after_a_build_from_stores_the_log_is_read_on(
    engine: Engine, relayed: tuple[Projector, SqliteLog], stores: StoreSource, log_url: str
) -> None:
    projector, log = relayed
    asyncio.run(Rebuild(engine, MODEL, parse, PARTITIONS, stores).swap())

    again = asyncio.run(rebuild_of(engine, log_url).verify())
    follow(projector, log)

    assert again.same
    assert not projector.stopped


async def on_progress(url: str, projector: Projector, log: SqliteLog, *, again: bool) -> None:
    """Add one more note, or resend everything, and let generation 1 read it."""
    origin = open_engine(url)
    notes = Notes(open_store(origin, source="notes", partitions=PARTITIONS))
    if again:
        with origin.begin() as db:
            db.execute(update(relay_checkpoints).values(pos=0))
    else:
        notes.execute(WriteNote(customer_id=UUID(int=1), text="late"), context("late"))
    relay = Relay(notes.store, notes.mapper, publish, log, open_ownership(origin), topic=TOPIC)
    while await relay.step():
        pass
    await relay.release()
    origin.dispose()
    follower = PollingConsumer(projector, log, [TOPIC])
    while await follower.step():
        pass


def test_what_is_told_between_comparing_and_swapping_is_built_from_the_stores_too(
    engine: Engine, relayed: tuple[Projector, SqliteLog], stores: StoreSource
) -> None:
    url = stores.origins[TOPIC].url

    class Meanwhile(StoreSource):
        """A source that adds a note when asked for the lag, which is between comparison and swap."""

        async def behind(self, marks: Mapping[Place, Checkpoint]) -> int:
            await on_progress(url, *relayed, again=False)
            return await super().behind(marks)

    # Redelivered records make the log longer than the store.
    asyncio.run(on_progress(url, *relayed, again=True))

    report = asyncio.run(Rebuild(engine, MODEL, parse, PARTITIONS, Meanwhile(stores.origins)).swap())

    assert (report.tables[0].rows_new, len(served(engine))) == (12, 13)
    asyncio.run(on_progress(url, *relayed, again=True))
    assert len(served(engine)) == 13
    assert not relayed[0].stopped


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

    report = asyncio.run(
        rebuild_of(engine, log_url, workers=2, on_progress=lambda _, records: told.append(records)).swap()
    )

    assert (report.same, report.commands, report.effects, sum(told)) == (True, 0, 0, 28)


def test_kafka_gives_all_partitions_at_once_and_the_same_rows(engine: Engine, kafka_server: str) -> None:
    topic, url = f"notes-{uuid4().hex[:8]}", f"kafka://{kafka_server}"
    model = replace(MODEL, topics=frozenset({topic}))

    async def story() -> tuple[RebuildReport, list[tuple[UUID, str]], list[tuple[UUID, str]]]:
        log = open_log(url, lambda: NOON)
        await log.create_topic(topic, PARTITIONS)
        for partition in range(PARTITIONS):
            told = [record(offset, partition=partition) for offset in range(20 * partition)]
            await log.append(topic, {partition: [Outgoing(r.key or b"", r.value or b"", r.headers) for r in told]})
        projector = Projector(engine, (model,), parse, lambda: NOON, partitions=PARTITIONS)
        await asyncio.to_thread(projector.prepare)
        follower = PollingConsumer(projector, log, [topic], batch=7)
        while await follower.step():
            pass
        await log.close()
        before = served(engine)
        report = await Rebuild(engine, model, parse, PARTITIONS, LogSource(url), batch=7).swap()
        return report, before, served(engine)

    report, before, now = asyncio.run(story())

    assert (report.same, report.records) == (True, 120)
    assert (len(now), now) == (120, before)


def test_a_topic_of_kafka_that_ends_early_is_not_built_from(kafka_server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crm_eventlog.log.kafka._READ_PATIENCE_MS", 1_000)
    topic, url = f"notes-{uuid4().hex[:8]}", f"kafka://{kafka_server}"

    async def story() -> None:
        log = open_log(url, lambda: NOON)
        await log.create_topic(topic, PARTITIONS)
        await log.append(topic, {part: [Outgoing(b"k", b"v", ())] for part in range(2)})
        await log.close()
        source = LogSource(url)
        try:
            async for _ in source.batches({(topic, 0): 0, (topic, 1): 0}, {(topic, 0): 1, (topic, 1): 2}, 100):
                pass
        finally:
            await source.close()

    with pytest.raises(SourceEndsEarly, match=rf"^{topic}\[1\] has no record at 1, but was read up to 2$"):
        asyncio.run(story())

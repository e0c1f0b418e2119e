"""The live consumer on Kafka: database checkpoints decide, members share partitions, settings are safe."""

import asyncio
from typing import Any

import pytest
from faststream import AckPolicy
from sqlalchemy import Engine

from crm_eventlog.consumer import TransientError
from crm_eventlog.log import Outgoing
from crm_eventlog.projection import Projector
from shared.eventlog.tests.support.live import Until, every_note, filled, follower_of, projector_of
from shared.eventlog.tests.support.notes import PARTITIONS, rows_of
from shared.eventlog.tests.support.notes import project as project_notes
from shared.eventlog.tests.support.records import record, seen

pytestmark = [pytest.mark.needs_kafka]


def test_everything_on_the_topic_is_taken_in_and_a_restart_goes_on_from_the_checkpoint(
    engine: Engine, kafka_server: str, topic: str, until: Until
) -> None:
    async def run_until(projector: Projector, count: int) -> None:
        stop = asyncio.Event()
        running = asyncio.create_task(follower_of(projector, kafka_server, topic).run(stop))
        await until(lambda: seen(engine) == every_note(count))
        stop.set()
        await running

    async def story() -> None:
        log = await filled(kafka_server, topic, 20)
        await run_until(projector_of(engine, topic), 20)
        batch = {p: [Outgoing(*record(o, partition=p)[3:6]) for o in range(20, 25)] for p in range(PARTITIONS)}
        await log.append(topic, batch)
        await run_until(projector_of(engine, topic), 25)
        await log.close()

    asyncio.run(story())

    assert len(rows_of(engine)) == 25 * PARTITIONS


def test_a_cluster_is_found_by_several_addresses(engine: Engine, kafka_server: str, topic: str, until: Until) -> None:
    async def story() -> None:
        log = await filled(kafka_server, topic, 1)
        stop = asyncio.Event()
        several = f"{kafka_server},{kafka_server}"
        running = asyncio.create_task(follower_of(projector_of(engine, topic), several, topic).run(stop))
        await until(lambda: running.done() or seen(engine) == every_note(1))
        stop.set()
        await asyncio.gather(running, log.close())

    asyncio.run(story())

    assert len(rows_of(engine)) == PARTITIONS


def test_two_members_share_the_partitions_and_nothing_is_doubled(
    engine: Engine, kafka_server: str, topic: str, until: Until
) -> None:
    async def story() -> None:
        log = await filled(kafka_server, topic, 50)
        stop = asyncio.Event()
        members = [follower_of(projector_of(engine, topic), kafka_server, topic) for _ in range(2)]
        running = [asyncio.create_task(member.run(stop)) for member in members]
        await until(lambda: all(member.consumer and member.consumer.assignment() for member in members))
        await until(lambda: seen(engine) == every_note(50))
        assert not set.intersection(*(set(member.consumer.assignment()) for member in members))
        stop.set()
        await asyncio.gather(*running, log.close())

    asyncio.run(story())


def test_transient_trouble_holds_the_batch_and_loses_nothing(
    engine: Engine, kafka_server: str, topic: str, until: Until
) -> None:
    tries: list[int] = []

    def sometimes(events: Any, db: Any) -> None:
        tries.append(len(events))
        if len(tries) < 3:
            raise TransientError
        project_notes(events, db)

    async def story() -> None:
        log = await filled(kafka_server, topic, 5)
        stop = asyncio.Event()
        running = asyncio.create_task(
            follower_of(projector_of(engine, topic, sometimes), kafka_server, topic).run(stop)
        )
        await until(lambda: seen(engine) == every_note(5))
        stop.set()
        await asyncio.gather(running, log.close())

    asyncio.run(story())

    assert len(tries) >= 3


def test_every_subscriber_has_the_safe_settings(engine: Engine, topic: str) -> None:
    follower = follower_of(projector_of(engine, topic), "127.0.0.1:9", topic)

    settings = follower._subscriber._connection_args
    policy = follower._subscriber.ack_policy

    assert policy is AckPolicy.MANUAL
    assert settings["auto_offset_reset"] == "earliest"
    assert settings["isolation_level"] == "read_committed"
    assert settings["enable_auto_commit"] is False


def test_a_topic_that_was_made_anew_stops_its_partitions(
    engine: Engine, kafka_server: str, topic: str, until: Until
) -> None:
    projector = projector_of(engine, topic)
    read_before = [record(offset)._replace(topic=topic) for offset in range(3)]
    projector.process_batch(read_before)

    async def story() -> None:
        log = await filled(kafka_server, topic, 1)
        stop = asyncio.Event()
        running = asyncio.create_task(follower_of(projector, kafka_server, topic).run(stop))
        await until(lambda: (topic, 0) in projector.stopped and len(seen(engine)) == 3 + PARTITIONS - 1)
        stop.set()
        await asyncio.gather(running, log.close())

    asyncio.run(story())

    assert projector.stopped[topic, 0].reason.startswith("LogCutShort")

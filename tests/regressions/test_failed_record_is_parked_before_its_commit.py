"""FastStream swallows an exception and the next ack commits past the failed record; ours is set aside first."""

import asyncio
from typing import Any

import pytest
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage
from sqlalchemy import Engine

from shared.eventlog.tests.support.notes import Unprojectable, rows_of
from shared.eventlog.tests.support.records import record
from tests.regressions.streams import (
    as_consumed,
    committed,
    follower_of,
    following,
    make_topic,
    parked_at,
    projector_of,
    send,
    until,
)

POISONED = [record(0), record(1, text="poison"), record(2)]
NOWHERE = "127.0.0.1:9"


def test_the_library_commits_past_a_record_that_failed(kafka_server: str, topic: str) -> None:
    async def story() -> None:
        broker = KafkaBroker(kafka_server, logger=None)
        received: list[Any] = []

        @broker.subscriber(topic, group_id=topic, ack_policy=AckPolicy.MANUAL, auto_offset_reset="earliest")
        async def hear(body: Any, message: KafkaMessage) -> None:
            received.append(body)
            if body["text"] == "poison":
                raise Unprojectable
            await message.ack()

        await make_topic(kafka_server, topic)
        await send(kafka_server, topic, POISONED)
        async with broker:
            await broker.start()
            await until(lambda: len(received) == 3)

        assert (await committed(kafka_server, topic))[0] == 3

    asyncio.run(story())


def test_ours_is_kept_with_all_behind_it_before_it_is_committed_past(
    kafka_server: str, topic: str, engine: Engine
) -> None:
    async def story() -> None:
        projector = projector_of(engine, topic)
        await make_topic(kafka_server, topic)
        await send(kafka_server, topic, [*POISONED, record(0, partition=1)])

        async with following(projector, kafka_server, topic):
            await until(lambda: len(parked_at(engine)) == 2 and len(rows_of(engine)) == 2)
            await send(kafka_server, topic, [record(3), record(1, partition=1)])
            await until(lambda: len(parked_at(engine)) == 3 and len(rows_of(engine)) == 3)

        assert parked_at(engine) == [(0, 1), (0, 2), (0, 3)]
        assert await committed(kafka_server, topic) == {0: 4, 1: 2}
        assert projector.stopped == {}

    asyncio.run(story())


def test_ours_is_not_committed_past_where_a_partition_stopped(kafka_server: str, topic: str, engine: Engine) -> None:
    async def story() -> None:
        projector = projector_of(engine, topic)
        await make_topic(kafka_server, topic)
        projector.process_batch([record(offset)._replace(topic=topic) for offset in range(3)])
        # The topic ends before what was read of it: it is another one.
        await send(kafka_server, topic, [record(0), record(0, partition=1)])

        async with following(projector, kafka_server, topic):
            await until(lambda: projector.stopped and len(rows_of(engine)) == 4)
            await send(kafka_server, topic, [record(1), record(1, partition=1)])
            await until(lambda: len(rows_of(engine)) == 5)

        offsets = await committed(kafka_server, topic)
        assert 0 not in offsets
        assert offsets[1] >= 1

    asyncio.run(story())


@pytest.mark.parametrize("poison", [record(0, text="poison"), record(0)._replace(value=None), record(0, value=b"{")])
def test_our_handler_never_raises(engine: Engine, topic: str, poison: Any) -> None:
    projector = projector_of(engine, topic)
    follower = follower_of(projector, NOWHERE, topic)

    asyncio.run(follower._process_batch([as_consumed(poison._replace(topic=topic))]))

    assert parked_at(engine) == [(0, 0)]
    assert projector.stopped == {}

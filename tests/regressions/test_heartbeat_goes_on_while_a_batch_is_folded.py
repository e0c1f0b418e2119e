"""Heartbeats share the event loop and a rebalance waits for everybody; we fold in a thread and give it a minute."""

import asyncio
import threading
from typing import Any

from aiokafka import AIOKafkaConsumer
from sqlalchemy import Engine

from shared.eventlog.tests.support.notes import project, rows_of
from shared.eventlog.tests.support.records import record
from tests.regressions.held_open import DEADLINE
from tests.regressions.streams import as_consumed, follower_of, projector_of

NOWHERE = "127.0.0.1:9"


def test_the_librarys_consumer_gives_a_rebalance_no_longer_than_a_session() -> None:
    consumer = AIOKafkaConsumer.__init__.__kwdefaults__

    assert consumer["rebalance_timeout_ms"] is None
    assert consumer["session_timeout_ms"] == 10_000


def test_ours_gives_it_a_minute(engine: Engine, topic: str) -> None:
    (subscriber,) = follower_of(projector_of(engine, topic), NOWHERE, topic)._broker.subscribers

    assert subscriber._connection_args["rebalance_timeout_ms"] == 60_000


def test_the_loop_goes_on_while_a_batch_is_folded(engine: Engine, topic: str) -> None:
    heart_beat = threading.Event()

    def slow(events: Any, db: Any) -> None:
        assert heart_beat.wait(DEADLINE), "the loop stood still while we folded"
        project(events, db)

    async def story() -> None:
        follower = follower_of(projector_of(engine, topic, slow), NOWHERE, topic)
        asyncio.get_running_loop().call_later(0.05, heart_beat.set)
        await follower._process_batch([as_consumed(record(0)._replace(topic=topic))])

    asyncio.run(story())

    assert len(rows_of(engine)) == 1

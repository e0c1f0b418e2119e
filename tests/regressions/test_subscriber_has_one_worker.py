"""`max_workers` above one handles a partition's records at the same time; ours has one worker."""

import ast
import asyncio
from typing import Any

from faststream.kafka import KafkaBroker
from faststream.kafka.subscriber.usecase import BatchSubscriber, ConcurrentDefaultSubscriber
from sqlalchemy import Engine

from shared.eventlog.tests.support.records import record
from tests.architecture.sources import Module, shipped
from tests.regressions.streams import follower_of, make_topic, projector_of, send, until

NOWHERE = "127.0.0.1:9"


def test_with_workers_the_library_handles_a_later_record_before_an_earlier_one(kafka_server: str, topic: str) -> None:
    async def story() -> None:
        broker = KafkaBroker(kafka_server, logger=None)
        later = asyncio.Event()
        handled: list[str] = []

        @broker.subscriber(topic, group_id=topic, max_workers=2, auto_offset_reset="earliest")
        async def hear(event: Any) -> None:
            if event["text"] == "first":
                await later.wait()
            handled.append(event["text"])
            later.set()

        await make_topic(kafka_server, topic)
        await send(kafka_server, topic, [record(0, text="first"), record(1, text="second")])
        async with broker:
            await broker.start()
            await until(lambda: len(handled) == 2)

        assert handled == ["second", "first"]

    asyncio.run(story())


def test_our_subscriber_has_one_worker(engine: Engine, topic: str) -> None:
    (subscriber,) = follower_of(projector_of(engine, topic), NOWHERE, topic)._broker.subscribers

    assert type(subscriber) is BatchSubscriber
    assert not isinstance(subscriber, ConcurrentDefaultSubscriber)


def workers(module: Module) -> list[str]:
    """Return subscribers of a module that are given workers."""
    calls = [node for node in ast.walk(module.tree) if isinstance(node, ast.Call)]
    makers = [call for call in calls if ast.unparse(call.func).endswith("subscriber")]
    return [ast.unparse(call.func) for call in makers for word in call.keywords if word.arg == "max_workers"]


def test_nobody_gives_a_subscriber_workers() -> None:
    assert [name for module in shipped() for name in workers(module)] == []


def test_who_gives_a_subscriber_workers_is_caught() -> None:
    offender = Module("crm_x.subscribers", "safe_subscriber(broker, ['t'], group='g', max_workers=4)")

    assert workers(offender) == ["safe_subscriber"]

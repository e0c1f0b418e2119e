"""Topics full of notes on a real Kafka, and their consumers."""

from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import Engine

from crm_eventlog.consumer.kafka_consumer import KafkaConsumer
from crm_eventlog.log import KafkaLog, Outgoing
from crm_eventlog.projection import Projector, ReadModel
from shared.eventlog.tests.support.notes import NOON, PARTITIONS, all_notes, parse
from shared.eventlog.tests.support.notes import project as project_notes
from shared.eventlog.tests.support.records import ids, record

Until = Callable[[Callable[[], Any]], Awaitable[None]]


async def filled(address: str, topic: str, count: int) -> KafkaLog:
    log = KafkaLog(f"kafka://{address}")
    await log.create_topic(topic, PARTITIONS)
    batch = {p: [Outgoing(*record(o, partition=p)[3:6]) for o in range(count)] for p in range(PARTITIONS)}
    await log.append(topic, batch)
    return log


def projector_of(engine: Engine, topic: str, project: Any = project_notes) -> Projector:
    model = ReadModel("all_notes", 1, (all_notes,), frozenset({topic}), project)
    projector = Projector(engine, (model,), parse, lambda: NOON, partitions=PARTITIONS)
    projector.prepare()
    return projector


def follower_of(projector: Projector, address: str, topic: str) -> KafkaConsumer:
    return KafkaConsumer(projector, f"kafka://{address}", [topic], group=f"g-{topic}")


def every_note(count: int) -> set[Any]:
    return {i for partition in range(PARTITIONS) for i in ids(*range(count), partition=partition)}

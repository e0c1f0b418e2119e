"""A live consumer on Kafka: it continues with a swapped-in generation, and stops when newer code takes over."""

import asyncio
from dataclasses import replace
from uuid import UUID

from sqlalchemy import Engine

from crm_eventlog.log import KafkaLog, Outgoing
from crm_eventlog.projection import ReadModel
from crm_eventlog.rebuild import LogSource, Rebuild
from shared.eventlog.tests.support.live import Until, every_note, filled, follower_of, projector_of
from shared.eventlog.tests.support.notes import ALL_NOTES, PARTITIONS, parse
from shared.eventlog.tests.support.records import ids, record, seen


async def say(log: KafkaLog, topic: str, offset: int) -> set[UUID]:
    """Send one more note in every partition. Return their ids."""
    batch = {p: [Outgoing(*record(offset, partition=p)[3:6])] for p in range(PARTITIONS)}
    await log.append(topic, batch)
    return {id for partition in range(PARTITIONS) for id in ids(offset, partition=partition)}


def test_a_live_follower_goes_on_with_what_was_swapped_in_and_ends_when_newer_code_takes_over(
    engine: Engine, kafka_server: str, topic: str, until: Until
) -> None:
    projector = projector_of(engine, topic)
    model: ReadModel = replace(ALL_NOTES, topics=frozenset({topic}))

    async def rebuilt(version: int) -> None:
        source = LogSource(f"kafka://{kafka_server}")
        await Rebuild(engine, replace(model, version=version), parse, PARTITIONS, source).swap()

    async def story() -> None:
        log, stop = await filled(kafka_server, topic, 3), asyncio.Event()
        running = asyncio.create_task(follower_of(projector, kafka_server, topic).run(stop))
        await until(lambda: seen(engine) == every_note(3))
        await rebuilt(version=1)
        await say(log, topic, 3)
        await until(lambda: seen(engine) == every_note(4))
        assert [reader.generation for reader in projector.topics] == [2]

        await rebuilt(version=2)
        await say(log, topic, 4)
        await until(lambda: len(projector.stopped) == PARTITIONS)
        stop.set()
        await asyncio.gather(running, log.close())

    asyncio.run(story())

    assert seen(engine) == every_note(4)
    assert {stopped.reason.partition(":")[0] for stopped in projector.stopped.values()} == {"VersionChanged"}

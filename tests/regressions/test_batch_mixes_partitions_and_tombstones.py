"""A batch mixes partitions, its message id is not unique, a tombstone becomes b""; we go by the raw record."""

import asyncio

from faststream.kafka.message import KafkaMessage
from faststream.kafka.parser import AioKafkaBatchParser
from sqlalchemy import Engine

from crm_eventlog.consumer import list_parked
from shared.eventlog.tests.support.notes import rows_of
from shared.eventlog.tests.support.records import checkpoint, record
from tests.regressions.streams import as_consumed, following, make_topic, parked_at, projector_of, send, until

TOMBSTONE = record(1)._replace(value=None)


def test_the_librarys_message_does_not_tell_partitions_and_tombstones_apart() -> None:
    parser = AioKafkaBatchParser(KafkaMessage, None)
    here, there = (tuple(map(as_consumed, (record(0, partition=part), TOMBSTONE))) for part in (0, 1))

    first, second = asyncio.run(parser.parse_batch(here)), asyncio.run(parser.parse_batch(there))

    assert first.message_id == second.message_id
    assert first.body[1] == b""


def test_a_batch_of_many_partitions_is_folded_by_partition_and_a_tombstone_is_set_aside(
    kafka_server: str, topic: str, engine: Engine
) -> None:
    async def story() -> None:
        projector = projector_of(engine, topic)
        await make_topic(kafka_server, topic)
        mixed = [record(offset, partition=part) for offset in range(3) for part in range(3)]
        await send(kafka_server, topic, [TOMBSTONE if each == record(1) else each for each in mixed])

        async with following(projector, kafka_server, topic):
            await until(lambda: len(parked_at(engine)) == 2 and len(rows_of(engine)) == 7)

        assert [checkpoint(engine, part) for part in range(3)] == [3, 3, 3]
        with engine.connect() as db:
            tombstone, behind = list_parked(db)
        assert (tombstone.record.offset, tombstone.record.value, behind.record.offset) == (1, None, 2)
        assert "the value is empty" in str(tombstone.error)

    asyncio.run(story())

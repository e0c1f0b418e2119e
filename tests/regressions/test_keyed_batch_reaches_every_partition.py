"""`publish_batch` sends a keyed batch to one partition, whatever its keys; we name every record's partition."""

import asyncio
from uuid import UUID

from faststream.kafka import KafkaBroker, KafkaPublishMessage

from crm_eventlog.log import KafkaLog, Outgoing
from crm_eventlog.store import partition_of
from shared.eventlog.tests.support.notes import PARTITIONS
from tests.regressions.streams import make_topic

CUSTOMERS = [UUID(int=number) for number in range(1, 13)]


async def partitions_with_records(address: str, topic: str) -> dict[int, list[bytes | None]]:
    log = KafkaLog(f"kafka://{address}")
    ends = await log.end_offsets(topic)
    read = {part: await log.read(topic, part, 0, end) for part, end in ends.items() if end}
    await log.close()
    return {part: [record.key for record in records] for part, records in read.items()}


def test_the_library_sends_all_keys_of_a_batch_to_one_partition(kafka_server: str, topic: str) -> None:
    async def story() -> None:
        await make_topic(kafka_server, topic)
        async with KafkaBroker(kafka_server, logger=None) as broker:
            batch = [KafkaPublishMessage(b"said", key=str(customer).encode()) for customer in CUSTOMERS]
            await broker.publish_batch(*batch, topic=topic)

        assert len(await partitions_with_records(kafka_server, topic)) == 1

    asyncio.run(story())


def test_each_of_our_records_lies_in_the_partition_of_its_customer(kafka_server: str, topic: str) -> None:
    async def story() -> None:
        await make_topic(kafka_server, topic)
        log = KafkaLog(f"kafka://{kafka_server}")
        batch: dict[int, list[Outgoing]] = {}
        for customer in CUSTOMERS:
            batch.setdefault(partition_of(customer, PARTITIONS), []).append(
                Outgoing(str(customer).encode(), b"said", ())
            )
        await log.append(topic, batch)
        await log.close()

        found = await partitions_with_records(kafka_server, topic)

        assert found == {part: [record.key for record in records] for part, records in batch.items()}
        assert len(found) > 1

    asyncio.run(story())

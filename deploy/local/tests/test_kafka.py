"""A real Kafka: records survive a stop and a crash, and three brokers survive the death of one."""

import asyncio
import socket
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaTimeoutError, UnknownTopicOrPartitionError

from crm_local import LocalKafka, ServerDidNotStart
from crm_local.kafka import kafka_id, new_brokers, properties
from crm_local.server import listens

NOTES = TopicPartition("notes", 0)


async def make_the_topic(address: str, *, copies: int = 1) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=address)
    await admin.start()
    await admin.create_topics([NewTopic(NOTES.topic, num_partitions=1, replication_factor=copies)])
    await admin.close()


async def write(address: str, words: bytes) -> None:
    async with AIOKafkaProducer(bootstrap_servers=address, acks="all", enable_idempotence=True) as producer:
        await producer.send_and_wait(NOTES.topic, words, partition=NOTES.partition)


async def read(address: str, count: int) -> list[bytes]:
    async with AIOKafkaConsumer(bootstrap_servers=address, auto_offset_reset="earliest") as consumer:
        consumer.assign([NOTES])
        return [(await asyncio.wait_for(consumer.getone(), timeout=30)).value for _ in range(count)]


def test_ids_are_not_taken_for_options() -> None:
    ids = {kafka_id() for _ in range(500)}

    assert len(ids) == 500
    assert not any(each.startswith("-") for each in ids)
    assert {len(each) for each in ids} == {22}


@pytest.mark.needs_kafka
def test_a_record_is_there_after_the_broker_was_stopped_and_after_it_was_killed(server_folder: Path) -> None:
    with LocalKafka(server_folder) as kafka:
        asyncio.run(make_the_topic(kafka.address))
        asyncio.run(write(kafka.address, b"call Ms Chen"))

    with LocalKafka(server_folder) as again:
        again.kill(1)
        again.restart(1)
        words = asyncio.run(read(again.address, 1))

    assert words == [b"call Ms Chen"]
    assert again.address == kafka.address
    assert not listens(kafka.brokers[0].port)


def test_brokers_behind_fronts_send_clients_there_and_speak_to_each_other_past_them(tmp_path: Path) -> None:
    brokers = new_brokers(3, fronts=[7001, 7002, 7003])
    settings = dict(line.split("=", 1) for line in properties(brokers[1], brokers, tmp_path).splitlines())

    inner = f"INNER://127.0.0.1:{brokers[1].inner_port}"
    assert settings["advertised.listeners"] == f"PLAINTEXT://127.0.0.1:7002,{inner}"
    assert settings["listeners"].startswith(f"PLAINTEXT://127.0.0.1:{brokers[1].port},{inner},CONTROLLER://")
    assert settings["inter.broker.listener.name"] == "INNER"
    assert [broker.address for broker in brokers] == ["127.0.0.1:7001", "127.0.0.1:7002", "127.0.0.1:7003"]


@pytest.mark.needs_kafka
def test_topics_are_made_on_purpose_only(kafka_server: str) -> None:
    nobodys, ours = (f"{whose}-{kafka_id()}" for whose in ("nobodys", "ours"))

    async def topics_after_writing_without_one() -> list[str]:
        async with AIOKafkaProducer(bootstrap_servers=kafka_server, request_timeout_ms=2000) as producer:
            with pytest.raises((UnknownTopicOrPartitionError, KafkaTimeoutError)):
                await producer.send_and_wait(nobodys, b"hello")
        admin = AIOKafkaAdminClient(bootstrap_servers=kafka_server)
        await admin.start()
        await admin.create_topics([NewTopic(ours, num_partitions=1, replication_factor=1)])
        listed = await admin.list_topics()
        await admin.close()
        return [each for each in (nobodys, ours) if each in listed]

    assert asyncio.run(topics_after_writing_without_one()) == [ours]


@pytest.mark.needs_kafka
def test_a_broker_that_cannot_start_says_why(server_folder: Path) -> None:
    kafka = LocalKafka(server_folder, heap="1k")

    with pytest.raises(ServerDidNotStart, match=r"kafka-1 ended with code 1(?s:.)*heap"):
        kafka.start()


def test_a_port_that_somebody_took_meanwhile_is_named(server_folder: Path) -> None:
    kafka = LocalKafka(server_folder)
    port = kafka.brokers[0].port

    with socket.create_server(("127.0.0.1", port)), pytest.raises(ServerDidNotStart, match=f"port {port} .* taken"):
        kafka.start()


@pytest.mark.needs_kafka
@pytest.mark.fault
def test_three_brokers_lose_nothing_with_one_of_them(server_folder: Path) -> None:
    with LocalKafka(server_folder, brokers=3, heap="256m") as kafka:
        asyncio.run(make_the_topic(kafka.address, copies=3))
        asyncio.run(write(kafka.address, b"before"))
        kafka.kill(2)
        asyncio.run(write(kafka.address, b"without"))
        kafka.restart(2)
        asyncio.run(write(kafka.address, b"after"))
        words = asyncio.run(read(kafka.address, 3))

    assert words == [b"before", b"without", b"after"]

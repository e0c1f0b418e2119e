"""The contract of the log, in memory, in a SQLite file and on Kafka."""

import pytest

from crm_eventlog.log import Log, Outgoing, TopicMissing
from shared.eventlog.tests.support.notes import PARTITIONS


def records(*names: str) -> list[Outgoing]:
    return [Outgoing(b"chen", name.encode(), (("ce_id", name.encode()), ("strange", b"\xff\x00"))) for name in names]


def values(read: list) -> list[bytes]:
    return [record.value for record in read]


def test_records_are_read_in_the_order_they_were_appended(with_log, topic: str) -> None:
    async def story(log: Log) -> None:
        await log.append(topic, {1: records("a", "b")})
        await log.append(topic, {1: records("c"), 2: records("x")})

        first = await log.read(topic, 1, 0, 100)

        assert values(first) == [b"a", b"b", b"c"]
        assert [record.offset for record in first] == [0, 1, 2]
        assert values(await log.read(topic, 2, 0, 100)) == [b"x"]

    with_log(story)


def test_a_record_comes_back_byte_for_byte(with_log, topic: str) -> None:
    async def story(log: Log) -> None:
        (sent,) = records("a")
        await log.append(topic, {0: [sent]})

        (read,) = await log.read(topic, 0, 0, 1)

        assert (read.key, read.value, tuple(read.headers)) == (sent.key, sent.value, sent.headers)
        assert (read.topic, read.partition) == (topic, 0)

    with_log(story)


def test_reading_goes_on_from_any_offset(with_log, topic: str) -> None:
    async def story(log: Log) -> None:
        await log.append(topic, {0: records(*"abcdef")})

        assert values(await log.read(topic, 0, 4, 100)) == [b"e", b"f"]
        assert values(await log.read(topic, 0, 1, 2)) == [b"b", b"c"]
        assert await log.read(topic, 0, 6, 100) == []

    with_log(story)


def test_the_answer_to_an_append_is_the_offset_after_its_last_record(with_log, topic: str) -> None:
    async def story(log: Log) -> None:
        assert await log.append(topic, {0: records("a", "b"), 3: records("x")}) == {0: 2, 3: 1}
        assert await log.append(topic, {0: records("c")}) == {0: 3}

    with_log(story)


def test_every_partition_has_an_end(with_log, topic: str) -> None:
    async def story(log: Log) -> None:
        await log.append(topic, {0: records("a", "b")})

        assert await log.end_offsets(topic) == {0: 2} | dict.fromkeys(range(1, PARTITIONS), 0)

    with_log(story)


def test_a_topic_is_made_once(with_log, topic: str) -> None:
    async def story(log: Log) -> None:
        await log.append(topic, {0: records("a")})

        await log.create_topic(topic, PARTITIONS)

        assert (await log.end_offsets(topic))[0] == 1

    with_log(story)


def test_a_topic_with_another_number_of_partitions_is_refused(with_log, topic: str) -> None:
    async def story(log: Log) -> None:
        with pytest.raises(TopicMissing, match="but the settings say"):
            await log.create_topic(topic, PARTITIONS + 1)

    with_log(story)


def test_a_missing_topic_is_said_to_be_missing(with_log) -> None:
    async def story(log: Log) -> None:
        with pytest.raises(TopicMissing):
            await log.end_offsets("crm.nobody.v1")

    with_log(story)


def test_after_a_reset_the_log_goes_on(with_log, topic: str) -> None:
    async def story(log: Log) -> None:
        await log.append(topic, {0: records("a")})
        await log.reset()

        assert await log.append(topic, {0: records("b")}) == {0: 2}

    with_log(story)

"""The Kafka consumer as its library sees it: settings, waits, seeks and commits."""

import asyncio
from typing import Any

import pytest
from aiokafka import ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError
from faststream import AckPolicy
from sqlalchemy import Engine, update

from crm_eventlog.consumer import TransientError
from crm_eventlog.consumer.checkpoint import CheckpointConflict
from crm_eventlog.consumer.kafka_consumer import KafkaConsumer
from crm_eventlog.projection import Projector
from crm_eventlog.tables import checkpoints
from shared.eventlog.tests.support.impatience import waits_of
from shared.eventlog.tests.support.notes import TOPIC, project
from shared.eventlog.tests.support.poison import projector_of
from shared.eventlog.tests.support.records import checkpoint, ids, record, seen

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
BROKER = {
    "acks": "all",
    "enable_idempotence": True,
    "allow_auto_create_topics": False,
    "metadata_max_age_ms": 10_000,
    "logger": None,
}
SUBSCRIBER = {
    "batch": True,
    "ack_policy": AckPolicy.MANUAL,
    "auto_offset_reset": "earliest",
    "isolation_level": "read_committed",
    "group_id": "g",
    "max_records": 5_000,
    "batch_timeout_ms": 50,
    "fetch_max_wait_ms": 50,
    "max_partition_fetch_bytes": 4_194_304,
    "rebalance_timeout_ms": 60_000,
    "no_reply": True,
}
FIRST, SECOND, THIRD = (TopicPartition(TOPIC, part) for part in range(3))


class Consumer:
    """The part of aiokafka's consumer that is used, with the first two partitions assigned."""

    def __init__(self) -> None:
        self.troubles = list[Exception]()
        self.sought = list[tuple[TopicPartition, int]]()
        self.committed = list[dict[TopicPartition, int]]()

    def assignment(self) -> set[TopicPartition]:
        return {FIRST, SECOND}

    async def end_offsets(self, places: list[TopicPartition]) -> dict[TopicPartition, int]:
        if self.troubles:
            raise self.troubles.pop(0)
        return dict.fromkeys(sorted(places), 9)

    def seek(self, place: TopicPartition, offset: int) -> None:
        self.sought.append((place, offset))

    async def commit(self, ends: dict[TopicPartition, int]) -> None:
        self.committed.append(ends)
        if self.troubles:
            raise self.troubles.pop(0)


class Broker:
    """The part of FastStream's broker and subscriber that is used."""

    def __init__(self, *places: Any, **settings: Any) -> None:
        self.places, self.settings, self.told = places, settings, list[str]()
        self.consumer: Consumer | None = Consumer()

    def subscriber(self, *topics: str, **options: Any) -> "Broker":
        self.topics, self.options = topics, options
        return self

    def __call__(self, handler: Any) -> None:
        self.handler = handler

    async def start(self) -> None:
        self.told.append("start")

    async def stop(self) -> None:
        self.told.append("stop")


class Following:
    """A consumer of the notes on this engine, its broker, and the errors of its read model."""

    def __init__(self, engine: Engine, **options: Any) -> None:
        self.troubles = list[Exception]()
        self.projector: Projector = projector_of(engine, self._project)
        self.follower = KafkaConsumer(self.projector, "kafka://a:1,b:2", ["z", "a"], group="g", **options)
        self.broker: Any = self.follower._broker

    def _project(self, events: Any, db: Any) -> None:
        if self.troubles:
            raise self.troubles.pop(0)
        project(events, db)

    def hear(self, *offsets: tuple[int, int]) -> list[float]:
        """Deliver these records, as FastStream would. Return the waits in between."""
        batch = [raw(offset, partition) for partition, offset in offsets]
        return waits_of(lambda: self.broker.handler(batch))


def raw(offset: int, partition: int) -> ConsumerRecord:
    one = record(offset, partition=partition)
    return ConsumerRecord(one.topic, partition, offset, 0, 0, one.key, one.value, None, 0, 0, one.headers)


@pytest.fixture
def following(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Following:
    monkeypatch.setattr("crm_eventlog.consumer.kafka_consumer.KafkaBroker", Broker)
    return Following(engine)


def stand(engine: Engine, offset: int, *places: TopicPartition) -> None:
    with engine.begin() as db:
        for place in places:
            here = checkpoints.c.partition == place.partition
            db.execute(update(checkpoints).where(here).values(next_offset=offset, pos=offset))


def test_every_setting_is_the_one_that_loses_nothing(following: Following) -> None:
    options = dict(following.broker.options)
    own = {name: options.pop(name) for name in ("listener", "parser", "decoder")}

    assert following.broker.places == (["a:1", "b:2"],)
    assert following.broker.settings == BROKER
    assert (following.broker.topics, options) == (("a", "z"), SUBSCRIBER)
    assert all(own.values())
    assert Following(following.projector.engine, batch=7).broker.options["max_records"] == 7


def test_a_batch_reaches_the_handler_as_it_came(following: Following) -> None:
    came, options = (raw(0, 0),), following.broker.options

    async def parsed() -> tuple[Any, Any]:
        message = await options["parser"](came)
        return message, await options["decoder"](message)

    message, decoded = asyncio.run(parsed())

    assert (decoded, message.raw_message, message.body) == (came, came, b"")
    assert message.consumer is following.broker.consumer


def test_what_was_taken_in_is_told_to_dashboards_for_partitions_that_are_held_and_not_stopped(
    following: Following,
) -> None:
    following.projector.stop(TOPIC, 1, 0, ValueError("no"))

    assert following.hear((2, 0), (1, 0), (0, 0), (0, 1)) == []
    assert following.hear((2, 1)) == []

    assert following.broker.consumer.committed == [{FIRST: 2}]
    assert seen(following.projector.engine) == ids(0, 1) | ids(0, 1, partition=2)


def test_what_dashboards_are_told_may_fail_or_come_too_late(following: Following) -> None:
    following.broker.consumer.troubles = [KafkaError()]
    following.hear((0, 0))
    following.broker.consumer = None
    following.hear((0, 1))

    assert seen(following.projector.engine) == ids(0, 1)


def test_trouble_that_passes_is_waited_for_ever_longer_up_to_ten_seconds(following: Following) -> None:
    following.troubles = [TransientError("later") for _ in range(8)]

    assert following.hear((0, 0), (0, 1)) == [0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10.0, 10.0]
    assert seen(following.projector.engine) == ids(0, 1)
    assert following.broker.consumer.committed == [{FIRST: 2}]


def test_whoever_was_overtaken_reads_on_from_the_checkpoints_of_all_it_holds(following: Following) -> None:
    following.troubles = [CheckpointConflict("another")]
    following.broker.consumer.troubles = [KafkaError(), KafkaError()]
    stand(following.projector.engine, 4, SECOND, THIRD)

    assert following.hear((0, 0)) == [0.2, 0.4, 0.8]
    assert following.broker.consumer.sought == [(FIRST, 0), (SECOND, 4)]
    assert following.broker.consumer.committed == []
    assert seen(following.projector.engine) == set()


def test_whoever_was_overtaken_and_holds_nothing_any_longer_leaves_the_batch(following: Following) -> None:
    following.troubles, following.broker.consumer = [CheckpointConflict("another")], None

    assert following.hear((0, 0)) == [0.2]
    assert checkpoint(following.projector.engine) == 0


def test_an_assignment_starts_at_the_checkpoints_and_stops_what_is_shorter(following: Following) -> None:
    unknown = TopicPartition("crm.before.v1", 0)
    stand(following.projector.engine, 9, FIRST)
    stand(following.projector.engine, 10, THIRD)

    waits_of(lambda: following.broker.options["listener"].on_partitions_assigned((THIRD, unknown, FIRST, SECOND)))

    assert following.broker.consumer.sought == [(FIRST, 9), (SECOND, 0), (THIRD, 10)]
    assert {place: each.offset for place, each in following.projector.stopped.items()} == {(TOPIC, 2): 9}


def test_a_follower_that_was_told_to_stop_leaves_the_group_and_takes_nothing_in(following: Following) -> None:
    async def story() -> None:
        stop = asyncio.Event()
        running = asyncio.ensure_future(following.follower.run(stop))
        await asyncio.sleep(0)
        assert following.broker.told == ["start"]
        stop.set()
        await running

    waits_of(story)
    following.hear((0, 0))

    assert following.broker.told == ["start", "stop"]
    assert seen(following.projector.engine) == set()

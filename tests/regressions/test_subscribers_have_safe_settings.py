"""FastStream's defaults lose data; one place makes every subscriber, with the safe settings."""

import ast
from typing import Any

from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from sqlalchemy import Engine

from tests.architecture.sources import Module, shipped
from tests.regressions.streams import follower_of, projector_of

NOWHERE = "127.0.0.1:9"
LIVE = "crm_eventlog.consumer.kafka_consumer"


def test_the_librarys_defaults_are_the_unsafe_ones() -> None:
    broker = KafkaBroker(NOWHERE, logger=None)
    subscriber = broker.subscriber("topic", group_id="group")

    assert subscriber.ack_policy is AckPolicy.ACK_FIRST
    assert subscriber._connection_args["auto_offset_reset"] == "latest"
    assert subscriber._connection_args["isolation_level"] == "read_uncommitted"
    assert subscriber._connection_args["enable_auto_commit"] is True
    assert broker._connection_kwargs["acks"] != "all"
    assert broker._connection_kwargs["enable_idempotence"] is False


def test_our_subscriber_and_its_broker_have_the_safe_ones(engine: Engine, topic: str) -> None:
    follower = follower_of(projector_of(engine, topic), NOWHERE, topic)

    (subscriber,) = follower._broker.subscribers

    assert subscriber.ack_policy is AckPolicy.MANUAL
    assert subscriber._connection_args["auto_offset_reset"] == "earliest"
    assert subscriber._connection_args["isolation_level"] == "read_committed"
    assert subscriber._connection_args["enable_auto_commit"] is False
    assert follower._broker._connection_kwargs["acks"] == "all"
    assert follower._broker._connection_kwargs["enable_idempotence"] is True


def test_whoever_listens_makes_no_topic(engine: Engine, topic: str) -> None:
    usual = KafkaBroker(NOWHERE, logger=None)
    ours = follower_of(projector_of(engine, topic), NOWHERE, topic)._broker

    assert usual.config.allow_auto_create_topics is True
    assert ours.config.allow_auto_create_topics is False


def makers(module: Module, *names: str) -> list[str]:
    """Return the functions of a module in which something of these names is called."""
    functions = [node for node in ast.walk(module.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [f"{module.name}.{function.name}" for function in functions for _ in calls_of(function, *names)]


def calls_of(tree: ast.AST, *names: str) -> list[Any]:
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [call for call in calls if ast.unparse(call.func).rpartition(".")[2] in names]


def test_every_subscriber_is_made_in_one_place() -> None:
    assert [maker for module in shipped() for maker in makers(module, "subscriber")] == [f"{LIVE}.safe_subscriber"]


def test_every_broker_and_producer_waits_for_all_replicas_and_knows_its_own_repetitions() -> None:
    made = [call for module in shipped() for call in calls_of(module.tree, "KafkaBroker", "AIOKafkaProducer")]

    settings = [{word.arg: ast.unparse(word.value) for word in call.keywords} for call in made]

    assert len(made) == 2
    assert {each["acks"] for each in settings} == {"'all'"}
    assert {each["enable_idempotence"] for each in settings} == {"True"}


def test_a_subscriber_made_elsewhere_is_caught() -> None:
    offender = Module("crm_x.subscribers", "def hear(broker, handler):\n    broker.subscriber('topic')(handler)")

    assert makers(offender, "subscriber") == ["crm_x.subscribers.hear"]

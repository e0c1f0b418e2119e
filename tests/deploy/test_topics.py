"""The topics as they are written down are those that the services make, and a Kafka that differs is told apart."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from crm_chassis.settings import ServiceSettings
from crm_eventlog.log import KafkaLog, kafka
from crm_events.catalog import TOPICS
from deploy.topics import AGREED, Agreement, differences
from tests.deploy.tools import DEPLOY, run

HERE = Agreement.of(AGREED)


@pytest.fixture
def a_topic() -> str:
    return f"crm.trial-{uuid4().hex[:12]}.v1"


def seen(kafka_server: str, agreed: Agreement, *, made: Callable[[], Awaitable[None]] | None = None) -> list[str]:
    async def look() -> list[str]:
        if made is not None:
            await made()
        return await differences(kafka_server, agreed)

    return asyncio.run(look())


def test_the_topics_are_those_of_the_catalog() -> None:
    assert set(HERE.topics) == set(TOPICS)


def test_what_is_written_is_what_migrate_makes() -> None:
    made = {**kafka._KEEP, "min.insync.replicas": str(kafka._IN_SYNC)}

    assert HERE.partitions == ServiceSettings.model_fields["partitions"].default
    assert (HERE.replicas, HERE.configuration) == (kafka._REPLICAS, made)


def test_a_topic_that_a_service_made_is_as_it_was_agreed(kafka_server: str, a_topic: str) -> None:
    # The broker of the tests is alone.
    alone = {**HERE.configuration, "min.insync.replicas": "1"}
    agreed = replace(HERE, topics=(a_topic,), replicas=1, configuration=alone)

    async def made() -> None:
        log = KafkaLog(f"kafka://{kafka_server}")
        await log.create_topic(a_topic, HERE.partitions)
        await log.close()

    assert seen(kafka_server, agreed, made=made) == []


def test_every_difference_is_named(kafka_server: str, a_topic: str) -> None:
    async def made() -> None:
        admin = AIOKafkaAdminClient(bootstrap_servers=kafka_server)
        await admin.start()
        await admin.create_topics([NewTopic(a_topic, 3, 1, topic_configs={"retention.ms": "1000"})])
        # A broker hears of it a moment after the controller has made it.
        async with asyncio.timeout(30):
            while (await admin.describe_topics([a_topic]))[0]["error_code"]:
                pass
        await admin.close()

    told = seen(kafka_server, replace(HERE, topics=(a_topic, "crm.never.v1")), made=made)

    assert {
        f"{a_topic} has partitions=3, not 16",
        f"{a_topic} has replicas=1, not 3",
        f"{a_topic} has retention.ms=1000, not -1",
        f"{a_topic} has min.insync.replicas=1, not 2",
        "crm.never.v1 is missing",
    } == set(told)


def test_the_command_ends_with_one_when_something_differs(kafka_server: str, tmp_path: Path) -> None:
    script = tmp_path / "topics.py"
    script.write_text((DEPLOY / "topics.py").read_text("utf-8"))
    (tmp_path / "topics.yaml").write_text(AGREED.read_text("utf-8").replace("crm.contacts.v1", "crm.never.v1"))

    done = run(sys.executable, str(script), kafka_server)

    assert done.returncode == 1
    assert "crm.never.v1 is missing" in done.stdout


def test_a_command_that_was_not_understood_explains_itself() -> None:
    done = run(sys.executable, str(DEPLOY / "topics.py"))

    assert done.returncode == 2
    assert "HOST:PORT" in done.stderr

"""Check of a Kafka's topics against topics.yaml: `python deploy/topics.py HOST:PORT,...`.

Exit code 0 if all agree, 1 if a topic differs, 2 if the arguments are wrong. It changes nothing.
"""

import asyncio
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

AGREED = Path(__file__).with_name("topics.yaml")
NO_ERROR, UNKNOWN_TOPIC = 0, 3


@dataclass(frozen=True)
class Agreement:
    """The settings that every topic must have."""

    topics: tuple[str, ...]
    partitions: int
    replicas: int
    configuration: Mapping[str, str]

    @classmethod
    def of(cls, file: Path) -> "Agreement":
        """Read the agreement from a file."""
        shown = yaml.safe_load(file.read_text("utf-8"))
        settings = {name: str(value) for name, value in shown["configuration"].items()}
        return cls(tuple(shown["topics"]), shown["partitions"], shown["replicas"], settings)


async def differences(bootstrap: str, agreed: Agreement) -> list[str]:
    """Return one sentence for each difference."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        await admin.start()
        return [each for topic in agreed.topics for each in await _of_topic(admin, topic, agreed)]
    finally:
        await admin.close()


async def _of_topic(admin: AIOKafkaAdminClient, topic: str, agreed: Agreement) -> list[str]:
    [described] = await admin.describe_topics([topic])
    if described["error_code"] == UNKNOWN_TOPIC:
        return [f"{topic} is missing"]
    if described["error_code"] != NO_ERROR:
        return [f"{topic} cannot be read (Kafka's error {described['error_code']})"]
    [answer] = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
    found = {entry[0]: entry[1] for resource in answer.resources for entry in resource[4]}
    return [*_of_layout(topic, described["partitions"], agreed), *_of_settings(topic, found, agreed)]


def _of_layout(topic: str, partitions: list[dict[str, Any]], agreed: Agreement) -> Iterator[str]:
    copies = min(len(partition["replicas"]) for partition in partitions)
    yield from _unlike(topic, "partitions", len(partitions), agreed.partitions)
    yield from _unlike(topic, "replicas", copies, agreed.replicas)


def _of_settings(topic: str, found: Mapping[str, str], agreed: Agreement) -> Iterator[str]:
    for name, value in agreed.configuration.items():
        yield from _unlike(topic, name, found.get(name), value)


def _unlike(topic: str, name: str, found: object, agreed: object) -> Iterator[str]:
    if found != agreed:
        yield f"{topic} has {name}={found}, not {agreed}"


def main(arguments: Sequence[str]) -> int:
    """Print the differences. Return 1 if there are any."""
    if len(arguments) != 1 or arguments[0].startswith("-"):
        print(__doc__, file=sys.stderr)
        return 2
    shown = asyncio.run(differences(arguments[0].removeprefix("kafka://"), Agreement.of(AGREED)))
    print("\n".join(shown) or f"all topics are as {AGREED.name} says")
    return 1 if shown else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

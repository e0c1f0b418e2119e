"""The creation of the five topics of a log."""

import asyncio

from aiokafka.errors import KafkaError

from crm_chassis.clock import now
from crm_cli.errors import CliError
from crm_cli.services import SERVICE_NAMES
from crm_eventlog.log import Log, TopicMissing, open_log
from crm_events import topic_of_publisher

TOPICS = tuple(map(topic_of_publisher, SERVICE_NAMES))
_PATIENCE = 30.0


class TopicsNotCreated(CliError):
    """A log that cannot be reached, or a topic with another number of partitions."""


async def create_topics(log_url: str, partitions: int) -> dict[str, bool]:
    """Create the missing topics, return topic -> whether it is new, or raise `TopicsNotCreated` where one differs."""
    try:
        async with asyncio.timeout(_PATIENCE):
            return await _created(log_url, partitions)
    except (KafkaError, TimeoutError, OSError) as trouble:
        raise TopicsNotCreated(
            f"{log_url} cannot be reached ({type(trouble).__name__}): start it, or name another with --log-url"
        ) from trouble
    except TopicMissing as different:
        raise TopicsNotCreated(f"{different}: give --partitions as it stands, or use another log") from different


async def _created(log_url: str, partitions: int) -> dict[str, bool]:
    log = open_log(log_url, now)
    try:
        return {topic: await _create(log, topic, partitions) for topic in TOPICS}
    finally:
        await log.close()


async def _create(log: Log, topic: str, partitions: int) -> bool:
    made = False
    if not await _partitions_of(log, topic):
        await log.create_topic(topic, partitions)
        made = True
    if (found := await _partitions_of(log, topic)) not in (0, partitions):
        raise TopicMissing(f"{topic} has {found} partitions, not {partitions}")
    return made


async def _partitions_of(log: Log, topic: str) -> int:
    """Return the number of the topic's partitions; 0 where it does not exist, or is so new that not all know of it."""
    try:
        return len(await log.end_offsets(topic))
    except TopicMissing:
        return 0

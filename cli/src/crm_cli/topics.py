"""The five topics of a log."""

import asyncio
from datetime import UTC, datetime

from aiokafka.errors import KafkaError

from crm_cli.leaving import CannotBeDone
from crm_cli.places import SERVICE_NAMES
from crm_eventlog.log import Log, TopicMissing, open_log

TOPICS = tuple(f"crm.{name}.v1" for name in SERVICE_NAMES)
_PATIENCE = 30.0


class TopicsNotCreated(CannotBeDone):
    """The log cannot be reached, or holds topics of another make."""


async def create_topics(log_url: str, partitions: int) -> dict[str, bool]:
    """Topic -> whether it was made now; what stands already is left as it is, `TopicsNotCreated` where it differs."""
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
    log = open_log(log_url, lambda: datetime.now(UTC))
    try:
        return {topic: await _create(log, topic, partitions) for topic in TOPICS}
    finally:
        await log.close()


async def _create(log: Log, topic: str, partitions: int) -> bool:
    made = False
    if not await _standing(log, topic):
        await log.create_topic(topic, partitions)
        made = True
    if (found := await _standing(log, topic)) not in (0, partitions):
        raise TopicMissing(f"{topic} has {found} partitions, not {partitions}")
    return made


async def _standing(log: Log, topic: str) -> int:
    """How many partitions the topic has; 0 where there is none, or where it is so new that not all know of it."""
    try:
        return len(await log.end_offsets(topic))
    except TopicMissing:
        return 0

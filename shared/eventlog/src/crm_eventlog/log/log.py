"""The protocol of every log: append to a topic, read it from an offset, return its end offsets."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from crm_eventlog.log.headers import Headers


class Outgoing(NamedTuple):
    """A record to be appended to the log."""

    key: bytes
    value: bytes
    headers: Headers


class LogRecord(NamedTuple):
    """A record in the log. `offset` grows within a partition, not always by one."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers
    appended_at: datetime


class TopicMissing(Exception):
    """A topic that does not exist, or whose number of partitions differs from the settings."""


class Log(Protocol):
    """The log between the services: ordered per partition, and kept forever.

    `append` returns, per partition, the offset after its last record, once all records are safe. If it raises, some
    records may have been kept (in doubt). Call `reset` and send again: consumers recognise an event by its id.
    """

    async def append(self, topic: str, batch: Mapping[int, Sequence[Outgoing]]) -> dict[int, int]:
        """Append the records of each partition in their order."""
        ...

    async def read(self, topic: str, partition: int, offset: int, limit: int) -> list[LogRecord]:
        """Return at most `limit` records from `offset` on, or none at the end."""
        ...

    async def end_offsets(self, topic: str) -> dict[int, int]:
        """Return the next offset of every partition."""
        ...

    async def create_topic(self, topic: str, partitions: int) -> None:
        """Create the topic with infinite retention, unless it exists."""
        ...

    async def reset(self) -> None:
        """Drop every connection, and with it everything that is in doubt."""
        ...

    async def close(self) -> None:
        """Close every connection."""
        ...

"""What every log does: append to a topic, read it from an offset, tell its ends."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from crm_eventlog.log.headers import Headers


class Outgoing(NamedTuple):
    """A record on its way to the log."""

    key: bytes
    value: bytes
    headers: Headers


class LogRecord(NamedTuple):
    """A record as it stands in the log. `offset` grows within a partition, not always by one."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers
    appended_at: datetime


class TopicMissing(Exception):
    """The topic does not exist, or has another number of partitions than the services agreed on."""


class Log(Protocol):
    """Where services say what became true and hear each other: ordered per partition, kept for ever.

    `append` returns, per partition, the offset after its last record, once all records are safe. When it raises, some
    records may have been kept (in doubt): call `reset` and send again; readers know an event by its id.
    """

    async def append(self, topic: str, batch: Mapping[int, Sequence[Outgoing]]) -> dict[int, int]:
        """Append the records of each partition in their order."""
        ...

    async def read(self, topic: str, partition: int, offset: int, limit: int) -> list[LogRecord]:
        """At most `limit` records from `offset` on; empty at the end."""
        ...

    async def end_offsets(self, topic: str) -> dict[int, int]:
        """Partition -> the offset the next record will get, for every partition."""
        ...

    async def create_topic(self, topic: str, partitions: int) -> None:
        """Make the topic, with nothing ever deleted from it; nothing happens where it stands already."""
        ...

    async def reset(self) -> None:
        """Forget every connection, and with it everything that is in doubt."""
        ...

    async def close(self) -> None:
        """Let go of every connection."""
        ...

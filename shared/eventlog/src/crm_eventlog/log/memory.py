"""A log in memory, for tests and simulations."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from crm_eventlog.log.log import LogRecord, Outgoing, TopicMissing


class MemoryLog:
    """A log that keeps its records as long as the process lives."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._topics: dict[str, list[list[LogRecord]]] = {}

    async def append(self, topic: str, batch: Mapping[int, Sequence[Outgoing]]) -> dict[int, int]:
        """Append at once. The result is never in doubt."""
        partitions = self._partitions(topic)
        for partition, records in batch.items():
            kept = partitions[partition]
            for record in records:
                kept.append(LogRecord(topic, partition, len(kept), *record, self._clock()))
        return {partition: len(partitions[partition]) for partition in batch}

    async def read(self, topic: str, partition: int, offset: int, limit: int) -> list[LogRecord]:
        return self._partitions(topic)[partition][offset : offset + limit]

    async def end_offsets(self, topic: str) -> dict[int, int]:
        return {number: len(records) for number, records in enumerate(self._partitions(topic))}

    async def create_topic(self, topic: str, partitions: int) -> None:
        """Create empty partitions."""
        found = len(self._topics.setdefault(topic, [[] for _ in range(partitions)]))
        if found != partitions:
            raise TopicMissing(f"{topic} has {found} partitions, but the settings say {partitions}")

    async def reset(self) -> None:
        """Do nothing, since nothing is ever in doubt."""

    async def close(self) -> None:
        """Do nothing, since no connection is open."""

    def _partitions(self, topic: str) -> list[list[LogRecord]]:
        if topic not in self._topics:
            raise TopicMissing(topic)
        return self._topics[topic]

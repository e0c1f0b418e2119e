"""A consumer that polls the log: for the embedded log, and for every reader without a group."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress

import structlog

from crm_eventlog.consumer.errors import TRANSIENT
from crm_eventlog.consumer.event_consumer import EventConsumer
from crm_eventlog.log import Log, LogRecord, TopicMissing
from crm_eventlog.waiting import wait_or_stop

_log = structlog.get_logger(__name__)
_PATIENCE = 1.0


class PollingConsumer:
    """A consumer of all partitions in one process, from its own checkpoints."""

    def __init__(self, consumer: EventConsumer, log: Log, topics: Iterable[str], *, batch: int = 5_000) -> None:
        self._consumer, self._log, self._topics, self._batch = consumer, log, sorted(topics), batch
        self._needed: dict[tuple[str, int], int] | None = None

    async def run(self, stop: asyncio.Event, *, poll: float = 0.05) -> None:
        """Consume until `stop`. After a transient error, wait and read again from the checkpoint."""
        while not stop.is_set():
            try:
                taken = await self.step()
            except TRANSIENT as error:
                _log.warning("consumer waits to retry", error_type=type(error).__name__)
                self._needed = None
                await wait_or_stop(stop, _PATIENCE)
                continue
            if not taken:
                await wait_or_stop(stop, poll)

    async def step(self) -> int:
        """Process one batch. Return the number of records read."""
        if self._needed is None:
            self._needed = await asyncio.to_thread(self._consumer.positions)
        needed = self._needed
        records: list[LogRecord] = []
        for topic, partition in await self._behind(needed):
            room = self._batch - len(records)
            if room <= 0:
                break
            records += await self._log.read(topic, partition, needed[topic, partition], room)
        if records:
            await asyncio.to_thread(self._consumer.process_batch, records)
            for record in records:
                needed[record.topic, record.partition] = record.offset + 1
        return len(records)

    async def _behind(self, needed: dict[tuple[str, int], int]) -> list[tuple[str, int]]:
        """Return the partitions with unread records, without those that stopped."""
        behind = []
        for topic in self._topics:
            # A publisher that was never started has no topic yet.
            with suppress(TopicMissing):
                ends = await self._log.end_offsets(topic)
                for part, end in ends.items():
                    self._consumer.compare(topic, part, needed=needed.get((topic, part), end), end=end)
                behind += [(topic, part) for part, end in ends.items() if end > needed.get((topic, part), end)]
        return [place for place in behind if place not in self._consumer.stopped]

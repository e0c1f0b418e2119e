"""The log in memory, with everything that can happen between a process and its broker."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from sqlalchemy.exc import OperationalError

from crm_eventlog.log import LogRecord, MemoryLog, Outgoing
from tests.simulation.scheduler import KILLED, WAITS, Scheduler

LOST = "lost acknowledgement"
HALF = "cut after half of it"
LATE = "cut, and it arrives late"
STALLS = "acknowledged, then taken for dead for 4 turns"
CUT = "cut"
NOTHING, ONE, AGAIN = "gets nothing yet", "gets one record", "gets older ones again"
_SENDING = (KILLED, CUT, LOST, HALF, LATE, STALLS, STALLS, STALLS, *WAITS)
_READING = (KILLED, CUT, NOTHING, ONE, AGAIN, *WAITS)
_OLDER = 3
Batch = Mapping[int, Sequence[Outgoing]]


class FaultyLog(MemoryLog):
    """A log whose answers may be lost, whose records may be kept in part or late, and which hands out any batches."""

    def __init__(self, clock: Callable[[], datetime], scheduler: Scheduler) -> None:
        super().__init__(clock)
        self.late: list[tuple[str, Batch]] = []
        self._scheduler = scheduler

    async def append(self, topic: str, batch: Batch) -> dict[int, int]:
        """Append, or leave the sender in doubt."""
        choice = self._scheduler.point(f"sends {sum(map(len, batch.values()))} to {topic}", _SENDING)
        if choice == LATE:
            self.late.append((topic, batch))
        elif choice == HALF:
            await self.keep(topic, _first_half(batch))
        elif choice != CUT:
            ends = await self.keep(topic, batch)
            if choice == STALLS:
                self._scheduler.stall(4)
            if choice != LOST:
                return ends
        raise ConnectionError(f"no acknowledgement from {topic}")

    async def keep(self, topic: str, batch: Batch) -> dict[int, int]:
        """Append at once, without anything in between."""
        self._scheduler.happened["log"] += 1
        return await super().append(topic, batch)

    async def read(self, topic: str, partition: int, offset: int, limit: int) -> list[LogRecord]:
        """Return a slice, shorter than asked for or beginning earlier when the scheduler says so."""
        choice = self._scheduler.point(f"reads {topic}[{partition}] from {offset}", _READING)
        if choice == CUT:
            raise OperationalError("the broker was cut off", None, ConnectionError(topic))
        limit = {NOTHING: 0, ONE: 1}.get(choice, limit)
        begin = max(0, offset - _OLDER) if choice == AGAIN else offset
        return await super().read(topic, partition, begin, limit)


def _first_half(batch: Batch) -> Batch:
    left = sum(map(len, batch.values())) // 2
    kept = {}
    for partition, records in batch.items():
        if records[:left]:
            kept[partition] = records[:left]
        left = max(0, left - len(records))
    return kept

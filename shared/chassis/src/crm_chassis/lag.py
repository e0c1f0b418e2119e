"""How far every reader of a service is behind, looked at regularly beside the work, whichever process does it."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

import structlog
from sqlalchemy import Engine, select

from crm_chassis.web.metrics import ReaderLag
from crm_eventlog.log import Log, TopicMissing
from crm_eventlog.projection import Intake
from crm_eventlog.relay import lag_of
from crm_eventlog.store.engine import reading
from crm_eventlog.tables import checkpoints
from crm_eventlog.waiting import pause

log = structlog.get_logger(__name__)

LOOK_EVERY = 1.0
RELAY = "relay"
LOG = "log"


class LagWatch:
    """The lag of all readers as last seen; `still` tells how long a reader that is behind has not moved."""

    def __init__(
        self,
        engine: Engine,
        topics: Log,
        *,
        taking: Sequence[Intake] = (),
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._engine, self._log, self._taking, self._seconds = engine, topics, taking, seconds
        self._behind: dict[str, int] = {}
        self._moved: dict[str, tuple[int, float]] = {}
        self._looked_at = seconds()

    def __call__(self) -> list[ReaderLag]:
        """Every reader, and the log itself: still for as long as it has not answered us."""
        now = self._seconds()
        readers = [
            ReaderLag(reader, events=behind, stopped=self._stops(reader), still=self._still(reader, now))
            for reader, behind in sorted(self._behind.items())
        ]
        return [*readers, ReaderLag(LOG, events=0, still=now - self._looked_at)]

    async def run(self, stop: asyncio.Event) -> None:
        """Look until `stop`; a log that does not answer shows in the age of the last look."""
        while not stop.is_set():
            try:
                await self.look()
            except Exception as error:  # noqa: BLE001 - whatever keeps us from looking is what readiness must show
                log.warning("the lag cannot be seen", error_type=type(error).__name__)
            await pause(stop, LOOK_EVERY)

    async def look(self) -> None:
        """Compare where the readers are with where the log ends."""
        read = await asyncio.to_thread(self._read)
        ends = {topic: await self._ends(topic) for topic in {topic for _, topic, _ in read}}
        behind: dict[str, int] = defaultdict(int)
        places: dict[str, int] = defaultdict(int)
        for (reader, topic, partition), offset in read.items():
            behind[reader] += max(0, ends[topic].get(partition, 0) - offset)
            places[reader] += offset
        behind[RELAY] = await asyncio.to_thread(lag_of, self._engine)
        places[RELAY] = -behind[RELAY]
        self._note(behind, places)

    def _note(self, behind: Mapping[str, int], places: Mapping[str, int]) -> None:
        now = self._seconds()
        for reader, place in places.items():
            if not behind[reader] or self._moved.get(reader, (None,))[0] != place:
                self._moved[reader] = (place, now)
        self._behind, self._looked_at = dict(behind), now

    def _still(self, reader: str, now: float) -> float:
        return now - self._moved[reader][1] if self._behind[reader] else 0.0

    def _stops(self, reader: str) -> tuple[str, ...]:
        """Where a reader in this process waits for a person, and for what kind of trouble; never with its values."""
        return tuple(
            f"{stop.topic}/{stop.partition} offset {stop.offset}: {stop.reason.partition(':')[0]}"
            for intake in self._taking
            for of_intake, topics in intake.topics.items()
            for stop in intake.stopped.values()
            if of_intake.name == reader and stop.topic in topics
        )

    def _read(self) -> dict[tuple[str, str, int], int]:
        query = select(checkpoints.c.reader, checkpoints.c.topic, checkpoints.c.partition, checkpoints.c.next_offset)
        with reading(self._engine) as db:
            return {(reader, topic, partition): offset for reader, topic, partition, offset in db.execute(query)}

    async def _ends(self, topic: str) -> dict[int, int]:
        try:
            return await self._log.end_offsets(topic)
        except TopicMissing:
            return {}

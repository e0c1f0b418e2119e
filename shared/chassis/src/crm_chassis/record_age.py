"""Age of the oldest unread record, estimated by sampling the end offsets over time."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from operator import itemgetter

from crm_eventlog.log import Log

Place = tuple[str, int]

# Samples kept per partition while a reader is behind. Beyond that, every second one is dropped.
REMEMBERED = 600
# Records read per measurement to learn their age, so that a long old backlog is learned step by step.
_READ_AT_ONCE = 8
_NONE = timedelta(0)
_END = itemgetter(0)


class RecordAges:
    """The time at which each offset was first seen, or was appended if it existed before we sampled."""

    def __init__(self, log: Log, clock: Callable[[], datetime]) -> None:
        self._log, self._clock = log, clock
        self._first: dict[Place, int] = {}
        self._marks: dict[Place, list[tuple[int, datetime]]] = defaultdict(list)
        self._apart: dict[Place, timedelta] = defaultdict(timedelta)
        self._appended: dict[tuple[Place, int], datetime] = {}

    def note(self, ends: Mapping[Place, int], taken: Mapping[Place, int]) -> None:
        """Sample the end offsets. Forget offsets below `taken`, which every reader has passed."""
        now = self._clock()
        for place, end in ends.items():
            first = self._first.setdefault(place, end)
            marks = self._marks[place]
            del marks[: bisect_right(marks, taken.get(place, 0), key=_END)]
            if not marks:
                self._apart[place] = _NONE
            if end > (marks[-1][0] if marks else max(first, taken.get(place, 0))):
                self._mark(place, end, now)

    def _mark(self, place: Place, end: int, now: datetime) -> None:
        marks = self._marks[place]
        if marks and now - marks[-1][1] < self._apart[place]:
            return
        marks.append((end, now))
        if len(marks) > REMEMBERED:
            self._apart[place] = (now - marks[0][1]) * 2 / REMEMBERED
            del marks[1::2]

    async def learn(self, places: set[tuple[Place, int]]) -> None:
        """Read from the log when these offsets were appended, if sampling cannot tell. Read a few at a time."""
        self._appended = {at: when for at, when in self._appended.items() if at in places}
        unknown = [at for at in sorted(places) if self._from_before(*at) and at not in self._appended]
        for place, offset in unknown[:_READ_AT_ONCE]:
            for record in await self._log.read(*place, offset, 1):
                self._appended[place, offset] = record.appended_at

    def seconds(self, place: Place, offset: int) -> float:
        """Return the age of the record at this offset, or 0 if there is no such record or its age is unknown."""
        since = self._since(place, offset)
        return max(0.0, (self._clock() - since).total_seconds()) if since else 0.0

    def _since(self, place: Place, offset: int) -> datetime | None:
        if self._from_before(place, offset):
            return self._appended.get((place, offset))
        marks = self._marks[place]
        # The first end offset beyond this one is the first sample with a record there.
        at = bisect_right(marks, offset, key=_END)
        return marks[at][1] if at < len(marks) else None

    def _from_before(self, place: Place, offset: int) -> bool:
        return offset < self._first.get(place, 0)

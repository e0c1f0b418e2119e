"""Owners of partitions, as sessions of a database server hold them: a session can be lost without its process."""

from collections.abc import Set

from sqlalchemy.exc import OperationalError

from tests.simulation.scheduler import KILLED, WAITS, Scheduler

LOSES = "loses its session unnoticed"


class Locks:
    """The server's side: partition -> the session that holds it."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        self.held: dict[int, Session] = {}

    def free(self, session: "Session") -> None:
        """End the session, and its locks with it."""
        self._scheduler.happened["locks"] += 1
        self.held = {part: holder for part, holder in self.held.items() if holder is not session}


class Session:
    """One relay's ownership."""

    def __init__(self, locks: Locks, scheduler: Scheduler) -> None:
        self._locks, self._scheduler = locks, scheduler
        self._lost = False

    def acquire(self, wanted: Set[int]) -> Set[int]:
        """Return the free ones of `wanted`; raise when the session was lost since."""
        choice = self._scheduler.point("asks for its partitions", (KILLED, LOSES, *WAITS))
        if self._lost:
            raise OperationalError("the session was lost", None, ConnectionError())
        taken = {part for part in wanted if self._locks.held.setdefault(part, self) is self}
        if choice == LOSES:
            self.lose()
        return taken

    def lose(self) -> None:
        """Let the server take the session for dead; whoever holds it learns that when it next asks."""
        self._locks.free(self)
        self._lost = True

    def release(self) -> None:
        """Give everything back; the next question opens a new session."""
        self._locks.free(self)
        self._lost = False

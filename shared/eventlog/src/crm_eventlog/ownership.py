"""One owner per partition: whoever holds the lock relays; it is given back by ending the session, however it ends."""

from collections.abc import Set
from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import InterfaceError, OperationalError

# The first key of the advisory locks of relays, chosen once.
_RELAY_LOCKS = 0x43524D


class Ownership(Protocol):
    """Which partitions this process may relay."""

    def acquire(self, wanted: Set[int]) -> Set[int]:
        """Those of `wanted` that were free and are ours from now on; raises when what we held was lost."""
        ...

    def release(self) -> None:
        """Give everything back."""
        ...


class AdvisoryLocks:
    """PostgreSQL: a session-level advisory lock per partition on a session of its own, gone with the process."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._session: Connection | None = None

    def acquire(self, wanted: Set[int]) -> Set[int]:
        if self._session is None:
            self._session = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        query = "SELECT part FROM unnest(:parts) AS part WHERE pg_try_advisory_lock(:relay, part)"
        # With nothing wanted this still asks the server, and so notices a lost session.
        parameters = {"parts": sorted(wanted), "relay": _RELAY_LOCKS}
        return set(self._session.scalars(text(query.replace(":parts", "CAST(:parts AS int[])")), parameters))

    def release(self) -> None:
        session, self._session = self._session, None
        if session is None:
            return
        try:
            # A session that was cut took its locks with it.
            if not session.invalidated:
                session.execute(text("SELECT pg_advisory_unlock_all()"))
        except (OperationalError, InterfaceError):
            session.invalidate()
        session.close()


class FileOwnership:
    """SQLite: one lock file beside the database for all partitions; the system frees it when the process dies."""

    def __init__(self, path: Path) -> None:
        self._lock = FileLock(path, timeout=0, thread_local=False)

    def acquire(self, wanted: Set[int]) -> Set[int]:
        if self._lock.is_locked or not wanted:
            return wanted
        try:
            self._lock.acquire()
        except Timeout:
            return set()
        return wanted

    def release(self) -> None:
        self._lock.release()


def open_ownership(engine: Engine) -> Ownership:
    """The ownership that fits the database behind `engine`."""
    if engine.dialect.name == "postgresql":
        return AdvisoryLocks(engine)
    return FileOwnership(Path(f"{engine.url.database}.relay.lock"))

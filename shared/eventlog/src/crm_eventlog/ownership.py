"""Ownership of partitions: the holder of a lock relays. The end of a session releases it."""

from collections.abc import Set
from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import InterfaceError, OperationalError

# The first key of the advisory locks of relays, chosen once.
_RELAY_LOCKS = 0x43524D


class Ownership(Protocol):
    """The partitions that this process may relay."""

    def acquire(self, wanted: Set[int]) -> Set[int]:
        """Lock free partitions of `wanted` and return them. Raise if held locks were lost."""
        ...

    def release(self) -> None:
        """Release all partitions."""
        ...


class AdvisoryLocks:
    """Ownership on PostgreSQL: a session-level advisory lock per partition, in a separate session."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._session: Connection | None = None

    def acquire(self, wanted: Set[int]) -> Set[int]:
        if self._session is None:
            self._session = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        query = "SELECT part FROM unnest(:parts) AS part WHERE pg_try_advisory_lock(:relay, part)"
        # An empty request still asks the server, and so notices a lost session.
        parameters = {"parts": sorted(wanted), "relay": _RELAY_LOCKS}
        return set(self._session.scalars(text(query.replace(":parts", "CAST(:parts AS int[])")), parameters))

    def release(self) -> None:
        session, self._session = self._session, None
        if session is None:
            return
        try:
            # A session that was cut has already released its locks.
            if not session.invalidated:
                session.execute(text("SELECT pg_advisory_unlock_all()"))
        except (OperationalError, InterfaceError):
            session.invalidate()
        session.close()


class FileOwnership:
    """Ownership on SQLite: one lock file for all partitions, which the system releases when the process dies."""

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
    """Return the ownership that fits the database behind `engine`."""
    if engine.dialect.name == "postgresql":
        return AdvisoryLocks(engine)
    return FileOwnership(Path(f"{engine.url.database}.relay.lock"))

"""A transaction that stays open at its commit for as long as a test wants: nobody sleeps, the database tells."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from time import monotonic
from typing import Any

import psycopg

DEADLINE = 60
_GATE = 4711
# A transaction that inserts a row whose text is 'slow' waits, when it commits, until the gate is opened.
_TRIGGER = """
CREATE OR REPLACE FUNCTION wait_at_the_gate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared({gate});
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER gate AFTER INSERT ON {table} DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW WHEN (NEW.{column} = 'slow') EXECUTE FUNCTION wait_at_the_gate();
"""
_WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


class Gate:
    """The gate in one database: shut until `open`."""

    def __init__(self, session: psycopg.Connection[Any]) -> None:
        self._session = session
        session.execute("SELECT pg_advisory_lock(%s)", [_GATE])

    def wait_for(self, waiting: int, *working: Future[Any]) -> None:
        """Return when so many sessions wait for a lock; a worker's own error is raised."""
        deadline = monotonic() + DEADLINE
        while self._session.execute(_WAITING).fetchone() != (waiting,):
            for future in working:
                if future.done():
                    future.result()
            assert monotonic() < deadline, f"{waiting} sessions should wait for a lock"

    def open(self) -> None:
        """Let everybody through."""
        self._session.execute("SELECT pg_advisory_unlock_all()")


@contextmanager
def gate(url: str, *, table: str, column: str) -> Iterator[tuple[Gate, ThreadPoolExecutor]]:
    """Yield a shut gate for rows of `table` whose `column` is 'slow', and threads for those who wait there."""
    with psycopg.connect(url, autocommit=True) as session, ThreadPoolExecutor(4) as threads:
        session.execute(_TRIGGER.format(gate=_GATE, table=table, column=column))
        shut = Gate(session)
        try:
            yield shut, threads
        finally:
            shut.open()

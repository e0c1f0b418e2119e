"""Ownership of partitions: one owner at a time, without waiting, in any thread, with nothing left behind."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from crm_eventlog.ownership import FileOwnership, open_ownership
from crm_eventlog.store import open_engine

# Chosen once: relays of another version of this code must ask for the same locks.
RELAY_LOCKS = 4_411_981
HELD = """
SELECT classid, objid, state FROM pg_locks JOIN pg_stat_activity USING (pid)
WHERE locktype = 'advisory' AND datname = current_database() ORDER BY objid
"""


def elsewhere(work: Callable[[], Any]) -> Any:
    """Run this in another thread."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(work).result()


def test_what_is_free_is_owned_by_one_until_it_is_given_back(engine: Engine) -> None:
    mine, theirs = open_ownership(engine), open_ownership(engine)

    assert (theirs.acquire(set()), mine.acquire({0, 2})) == (set(), {0, 2})
    others = set() if isinstance(mine, FileOwnership) else {1}
    assert theirs.acquire({0, 1, 2}) == others
    assert mine.acquire({3}) == {3}
    mine.release()
    assert theirs.acquire({0, 2, 3}) == {0, 2, 3}
    mine.release()
    assert mine.acquire({0}) == set()
    theirs.release()


def test_what_one_thread_took_another_gives_back(engine: Engine) -> None:
    mine, theirs = open_ownership(engine), open_ownership(engine)

    assert elsewhere(lambda: mine.acquire({1})) == {1}
    assert elsewhere(lambda: theirs.acquire({1})) == set()
    mine.release()
    assert theirs.acquire({1}) == {1}
    theirs.release()


def test_a_file_beside_the_database_is_the_lock(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'notes.db'}")
    mine, theirs = open_ownership(engine), open_ownership(engine)
    mine.acquire({0})

    assert theirs.acquire({0}) == set()
    assert (tmp_path / "notes.db.relay.lock").exists()
    mine.release()
    engine.dispose()


@pytest.mark.needs_postgres
def test_a_session_of_its_own_holds_the_locks_and_no_transaction(fresh_database: Callable[[], str]) -> None:
    engine = open_engine(fresh_database())
    ownership = open_ownership(engine)
    ownership.acquire({2, 0})

    with engine.connect() as db:
        held = [tuple(row) for row in db.execute(text(HELD))]
        ownership.release()
        left = db.execute(text(HELD)).all()

    assert held == [(RELAY_LOCKS, 0, "idle"), (RELAY_LOCKS, 2, "idle")]
    assert left == []
    engine.dispose()

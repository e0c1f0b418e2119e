"""The stock recorder locks its whole table for every save; ours locks the counters of the save's partitions."""

from uuid import UUID

import psycopg

from crm_eventlog.store import partition_of
from shared.eventlog.tests.support.notes import PARTITIONS, Notes, WriteNote, context
from tests.regressions.held_open import DEADLINE, gate
from tests.regressions.library import an_event, stock_recorder

CHEN = UUID(int=7)
ELSEWHERE = next(
    UUID(int=n) for n in range(99) if partition_of(UUID(int=n), PARTITIONS) != partition_of(CHEN, PARTITIONS)
)

LOCKED_TABLES = (
    "SELECT DISTINCT mode FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database"
    " WHERE datname = current_database() AND locktype = 'relation'"
)


def write(notes: Notes, customer_id: UUID, key: str) -> str:
    return notes.execute(WriteNote(customer_id=customer_id, text="asks"), context(key)).position


def test_the_stock_recorder_lets_nobody_save_while_somebody_commits(postgres: str) -> None:
    with (
        stock_recorder(postgres) as recorder,
        gate(postgres, table="stored_events", column="topic") as (shut, threads),
    ):
        slow = threads.submit(recorder.insert_events, [an_event("slow")])
        shut.wait_for(1, slow)
        stranger = threads.submit(recorder.insert_events, [an_event()])

        shut.wait_for(2, slow, stranger)

        shut.open()
        assert (slow.result(DEADLINE), stranger.result(DEADLINE)) == ([1], [2])


def test_our_store_lets_other_partitions_save_while_somebody_commits(notes_on_postgres: Notes, postgres: str) -> None:
    with gate(postgres, table="events", column="command_id") as (shut, threads):
        slow = threads.submit(write, notes_on_postgres, CHEN, "slow")
        shut.wait_for(1, slow)

        stranger = threads.submit(write, notes_on_postgres, ELSEWHERE, "quick")

        assert stranger.result(DEADLINE).endswith(":1")
        assert not slow.done()
        shut.open()
        assert slow.result(DEADLINE).endswith(":1")


def test_our_store_locks_no_table_against_writers(notes_on_postgres: Notes, postgres: str) -> None:
    with gate(postgres, table="events", column="command_id") as (shut, threads):
        slow = threads.submit(write, notes_on_postgres, CHEN, "slow")
        shut.wait_for(1, slow)

        with psycopg.connect(postgres) as db:
            modes = {mode for (mode,) in db.execute(LOCKED_TABLES)}

        shut.open()
        slow.result(DEADLINE)
        assert modes <= {"AccessShareLock", "RowShareLock", "RowExclusiveLock"}

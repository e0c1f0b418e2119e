"""A bigserial gives numbers in the order of INSERT, not of COMMIT; our positions are commit order."""

from uuid import UUID

import psycopg

from shared.eventlog.tests.support.notes import Notes, WriteNote, context
from tests.regressions.held_open import DEADLINE, gate

CHEN = UUID(int=7)


def insert(url: str, who: str) -> None:
    with psycopg.connect(url) as db:
        db.execute("INSERT INTO numbered (who) VALUES (%s)", [who])


def test_whoever_tails_a_bigserial_misses_what_commits_late(postgres: str) -> None:
    with psycopg.connect(postgres, autocommit=True) as reader:
        reader.execute("CREATE TABLE numbered (id bigserial PRIMARY KEY, who text)")
        with gate(postgres, table="numbered", column="who") as (shut, threads):
            slow = threads.submit(insert, postgres, "slow")
            shut.wait_for(1, slow)
            insert(postgres, "quick")

            seen = reader.execute("SELECT id, who FROM numbered WHERE id > 0").fetchall()
            shut.open()
            slow.result(DEADLINE)

            assert seen == [(2, "quick")]
            assert reader.execute("SELECT id, who FROM numbered WHERE id > 2").fetchall() == []


def test_whoever_tails_our_store_reads_every_position_in_the_order_of_the_commits(
    notes_on_postgres: Notes, postgres: str
) -> None:
    def write(key: str) -> str:
        return notes_on_postgres.execute(WriteNote(customer_id=CHEN, text="asks"), context(key)).position

    def tail(after: int) -> list[tuple[int, str]]:
        facts = notes_on_postgres.store.read(notes_on_postgres.store.part(CHEN), after, 10)
        return [(fact.pos, fact.command_id) for fact in facts]

    with gate(postgres, table="events", column="command_id") as (shut, threads):
        slow = threads.submit(write, "slow")
        shut.wait_for(1, slow)
        quick = threads.submit(write, "quick")
        shut.wait_for(2, slow, quick)
        seen = tail(after=0)
        shut.open()
        slow.result(DEADLINE)
        quick.result(DEADLINE)

    assert seen == []
    assert tail(after=0) == [(1, "slow"), (2, "quick")]

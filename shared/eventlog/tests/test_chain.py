"""Hash chains: any alteration of a store is found, and its first position named."""

from uuid import UUID

import pytest
from sqlalchemy import text

from crm_eventlog.audit import Finding, verify_chains
from crm_eventlog.store import partition_of
from shared.eventlog.tests.support.notes import PARTITIONS, Notes, WriteNote, context

CHEN = UUID(int=7)
PART = partition_of(CHEN, PARTITIONS)


@pytest.fixture
def five_facts(notes: Notes) -> Notes:
    for number in range(5):
        notes.execute(WriteNote(customer_id=CHEN, text=f"asks {number}"), context(f"w{number}"))
    return notes


def tampered(notes: Notes, statement: str) -> list[Finding]:
    with notes.store.engine.begin() as db:
        db.execute(text(statement))
    return verify_chains(notes.store)


def test_an_untouched_store_has_no_findings(five_facts: Notes) -> None:
    checked: list[int] = []

    assert verify_chains(five_facts.store, progress=checked.append) == []

    assert sum(checked) == 5


def test_what_is_appended_while_a_store_is_verified_is_no_finding(five_facts: Notes) -> None:
    def write_another(_: int) -> None:
        five_facts.execute(WriteNote(customer_id=CHEN, text="meanwhile"), context("meanwhile"))

    findings = verify_chains(five_facts.store, progress=write_another)

    assert findings == []
    assert five_facts.store.heads()[PART][0] == 6


@pytest.mark.parametrize(
    "change",
    [
        "topic = 'Note.Closed'",
        "state = '{}'",
        "command_id = 'another'",
        "metadata = replace(metadata, 'li', 'xu')",
        "originator_version = 9",
        "partition_key = originator_id",
        "event_id = originator_id",
    ],
)
def test_an_altered_column_is_found_where_it_was_altered(five_facts: Notes, change: str) -> None:
    assert tampered(five_facts, f"UPDATE events SET {change} WHERE pos = 3") == [Finding(PART, 3, "altered")]


IMPOSSIBLE = {
    "sqlite": [
        "recorded_at = 'yesterday'",
        "event_id = upper(event_id)",
        "event_id = event_id || ' '",
        "event_id = event_id || substr(originator_id, 1, 1), originator_id = substr(originator_id, 2)",
        "state = CAST(state AS TEXT)",
        "topic = CAST(topic AS BLOB)",
        "hash = CAST(hash AS TEXT)",
    ],
    "postgresql": [
        "recorded_at = 'infinity'",
        "recorded_at = '2026-11-02 12:05+00 BC'",
        "recorded_at = '12026-11-02 12:05+00'",
    ],
}


def test_a_column_that_holds_what_it_cannot_hold_is_found(five_facts: Notes) -> None:
    for change in IMPOSSIBLE[five_facts.store.engine.dialect.name]:
        tampered(five_facts, "CREATE TABLE kept AS SELECT * FROM events")

        findings = tampered(five_facts, f"UPDATE events SET {change} WHERE pos = 3")

        assert findings == [Finding(PART, 3, "altered")], change
        for statement in ("DELETE FROM events", "INSERT INTO events SELECT * FROM kept", "DROP TABLE kept"):
            tampered(five_facts, statement)


def test_a_deleted_fact_is_missed(five_facts: Notes) -> None:
    assert tampered(five_facts, "DELETE FROM events WHERE pos = 3") == [Finding(PART, 3, "missing")]


def test_a_cut_tail_is_missed(five_facts: Notes) -> None:
    assert tampered(five_facts, "DELETE FROM events WHERE pos >= 4") == [Finding(PART, 4, "missing")]


def test_two_facts_that_changed_places_are_found(five_facts: Notes) -> None:
    for step in ("SET pos = 99 WHERE pos = 2", "SET pos = 2 WHERE pos = 3"):
        tampered(five_facts, f"UPDATE events {step}")

    findings = tampered(five_facts, "UPDATE events SET pos = 3 WHERE pos = 99")

    assert findings == [Finding(PART, 2, "not linked to the fact before it")]


def test_a_fact_beyond_what_was_recorded_is_found(five_facts: Notes) -> None:
    assert tampered(five_facts, "UPDATE counters SET n = 4 WHERE n = 5") == [Finding(PART, 5, "more than was recorded")]


def test_a_changed_head_is_found(five_facts: Notes) -> None:
    head = "x'00'" if five_facts.store.engine.dialect.name == "sqlite" else "'\\x00'::bytea"

    findings = tampered(five_facts, f"UPDATE counters SET head = {head} WHERE n = 5")

    assert findings == [Finding(PART, 5, "the head of the chain was altered")]

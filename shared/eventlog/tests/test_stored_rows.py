"""Whole rows of the store, on PostgreSQL and SQLite: every column of every fact, its position and its result."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import pytest
from eventsourcing.persistence import StoredEvent
from sqlalchemy import Engine, select

from crm_eventlog.application import CommandResult
from crm_eventlog.columns import instant_text
from crm_eventlog.command_context import COMMAND_NAMESPACE
from crm_eventlog.migrate import migrate
from crm_eventlog.store import (
    GENESIS,
    AppendContext,
    Conflict,
    EventStore,
    StoredFact,
    StoredResult,
    open_engine,
    open_store,
)
from crm_eventlog.tables import commands
from shared.eventlog.tests.support.notes import NOON, PARTITIONS, EditNote, Note, Notes, WriteNote, context

# Customers 1 and 3 lie in partition 3, customer 2 in partition 1.
HIGH, MIDDLE, LOW = UUID(int=900), UUID(int=500), UUID(int=100)
WHY = {"causation_id": "cause", "traceparent": "00-1-2-01", "fingerprint": "f", "expected_version": 7}
METADATA = (
    '{"actor":"li","role":"clerk","unit":"CN-GZ-TIANHE","channel":"web","occurred_at":"2026-11-02T12:00:00Z",'
    '"correlation_id":"story","causation_id":"cause","traceparent":"00-1-2-01"}'
)
HEADS = {
    0: (0, GENESIS.hex()),
    1: (1, "5917885922225ca08933f0b18dfa61934495d2b9b01e9619f05575716b4213f0"),
    2: (0, GENESIS.hex()),
    3: (3, "37b8ea9be5fc69210d682bc8efe3b61d8b2bfd0407f218ac5326f05af05f7be7"),
}


def event_id(number: int, *, service: str = "notes", command: str = "three") -> UUID:
    return uuid5(COMMAND_NAMESPACE, f"{service}/{command}#{number}")


def fact(number: int, note: UUID, version: int, topic: str, customer: int, pos: int, state: dict[str, Any]) -> Any:
    """Return an expected row, without its link in the chain."""
    content = json.dumps(state, separators=(",", ":")).encode()
    part = 1 if customer == 2 else 3
    recorded = context("three").recorded_at
    whose = UUID(int=customer)
    return (note, version, topic, content, part, event_id(number), whose, "three", recorded, METADATA, pos)


def written(note: UUID, customer: int, text: str) -> dict[str, Any]:
    return {"note_id": str(note), "customer_id": str(UUID(int=customer)), "text": text}


@pytest.fixture
def three(notes: Notes) -> tuple[Notes, CommandResult]:
    """Append three notes of one command. The first one is edited too. Ids and partitions run against the order."""
    first = Note(note_id=HIGH, customer_id=UUID(int=3), text="a")
    first.edit("b")
    second = Note(note_id=MIDDLE, customer_id=UUID(int=2), text="c")
    third = Note(note_id=LOW, customer_id=UUID(int=1), text="d")
    return notes, notes.save(first, second, third, context=context("three", **WHY))


def test_every_column_of_every_fact_is_what_the_command_said(three: tuple[Notes, CommandResult]) -> None:
    store = three[0].store

    rows = [tuple(row[:11]) for part in range(PARTITIONS) for row in store.read(part, 0, 10)]

    assert rows == [
        fact(2, MIDDLE, 1, "Note.Written", 2, 1, written(MIDDLE, 2, "c")),
        fact(0, HIGH, 1, "Note.Written", 3, 1, written(HIGH, 3, "a")),
        fact(1, HIGH, 2, "Note.Edited", 3, 2, {"text": "b"}),
        fact(3, LOW, 1, "Note.Written", 1, 3, written(LOW, 1, "d")),
    ]
    assert {part: (n, head.hex()) for part, (n, head) in store.heads().items()} == HEADS


def test_the_answer_is_about_the_first_aggregate_and_its_last_fact(three: tuple[Notes, CommandResult]) -> None:
    notes, done = three

    assert done == CommandResult(HIGH, 2, "3:2")
    assert notes.store.result_of("three") == StoredResult("three", "f", HIGH, 2, "3:2", context("three").recorded_at)
    assert notes.store.result_of("another") is None


def test_a_partition_is_read_from_any_position_and_no_further_than_asked(three: tuple[Notes, CommandResult]) -> None:
    store = three[0].store

    read = {(after, limit): [fact.pos for fact in store.read(3, after, limit)] for after, limit in PLACES}

    assert read == {(0, 2): [1, 2], (1, 1): [2], (1, 9): [2, 3], (3, 9): []}


PLACES = [(0, 2), (1, 1), (1, 9), (3, 9)]


def test_the_library_is_told_where_each_of_its_events_lies(store: EventStore) -> None:
    keys = {HIGH: UUID(int=3), MIDDLE: UUID(int=2)}
    told = [StoredEvent(HIGH, 1, "t", b"{}"), StoredEvent(MIDDLE, 1, "t", b"{}"), StoredEvent(HIGH, 2, "t", b"{}")]

    given = store.insert_events(told, append_context=AppendContext(context("x"), keys, (MIDDLE, 1)))

    assert [store.position_of(number) for number in given] == ["3:1", "1:1", "3:2"]
    assert store.result_of("x").position == "1:1"  # type: ignore[union-attr]
    assert store.insert_events([]) == []


def test_an_answer_about_what_recorded_nothing_stands_at_the_last_fact(store: EventStore) -> None:
    keys = {HIGH: UUID(int=3), MIDDLE: UUID(int=2)}
    told = [StoredEvent(stream, version, "t", b"{}") for stream, version in ((HIGH, 1), (MIDDLE, 1), (HIGH, 2))]

    store.append(told, AppendContext(context("x"), keys, (LOW, 4)))

    assert store.result_of("x") == StoredResult("x", "", LOW, 4, "3:2", context("x").recorded_at)


def test_what_is_recorded_beside_an_aggregate_that_did_not_change_is_where_its_answer_stands(notes: Notes) -> None:
    unchanged = Note(note_id=LOW, customer_id=UUID(int=1), text="0")
    notes.save(unchanged, context=context("first"))
    changed = Note(note_id=MIDDLE, customer_id=UUID(int=2), text="0")
    changed.edit("1")

    done = notes.save(unchanged, changed, context=context("both"))

    assert done == CommandResult(LOW, 1, "1:2")
    assert notes.store.result_of("both") == StoredResult("both", "", LOW, 1, "1:2", context("both").recorded_at)


def test_a_stream_is_read_between_versions_from_either_end(notes: Notes) -> None:
    for customer in (1, 2):
        note = Note(note_id=UUID(int=100 * customer), customer_id=UUID(int=customer), text="0")
        for number in range(1, 5):
            note.edit(str(number))
        notes.save(note, context=context(f"note-{customer}"))

    def versions(**chosen: Any) -> list[int]:
        return [event.originator_version for event in notes.store.select_events(LOW, **chosen)]

    assert versions() == [1, 2, 3, 4, 5]
    assert versions(gt=1, lte=4) == [2, 3, 4]
    assert versions(gt=1, lte=4, desc=True, limit=2) == [4, 3]
    assert versions(limit=1) == [1]
    assert {event.originator_id for event in notes.store.select_events(LOW)} == {LOW}


def test_an_event_id_is_the_same_for_a_repeated_command_and_differs_between_services(
    store: EventStore, tmp_path: Path
) -> None:
    command = WriteNote(customer_id=UUID(int=1), text="asks")

    def ids(of: EventStore) -> list[UUID]:
        notes = Notes(of)
        for _ in range(2):
            notes.execute(command, context("write"))
        return [fact.event_id for part in range(PARTITIONS) for fact in of.read(part, 0, 10)]

    def elsewhere(service: str, name: str) -> EventStore:
        engine = open_engine(f"sqlite:///{tmp_path / name}")
        migrate(engine, partitions=PARTITIONS)
        return open_store(engine, source=service, partitions=PARTITIONS)

    restored, other = elsewhere("notes", "restored.db"), elsewhere("letters", "letters.db")

    assert ids(store) == ids(restored) == [event_id(0, command="write")]
    assert ids(other) == [event_id(0, service="letters", command="write")]
    assert event_id(0, service="letters", command="write") != event_id(0, command="write")


def test_a_command_that_made_nothing_new_true_keeps_an_answer_without_a_position(notes: Notes, engine: Engine) -> None:
    note = Note(note_id=LOW, customer_id=UUID(int=1), text="asks")
    notes.save(note, context=context("write"))

    done = notes.save(note, context=context("nothing", fingerprint="f"))

    kept = StoredResult("nothing", "f", LOW, 1, "", context("nothing").recorded_at)
    assert done == CommandResult(LOW, 1, "", repeated=True)
    assert notes.store.result_of("nothing") == kept
    with engine.connect() as db:
        assert set(db.scalars(select(commands.c.command_id))) == {"write", "nothing"}


def test_a_lost_race_tells_the_version_that_stands(notes: Notes) -> None:
    for number, customer in enumerate((1, 2)):
        notes.save(
            Note(note_id=UUID(int=100 + number), customer_id=UUID(int=customer), text="0"),
            context=context(f"{customer}"),
        )
    mine = notes.load(Note, LOW)
    mine.edit("mine")
    for number in range(3):
        notes.execute(EditNote(note_id=LOW, text=str(number)), context(f"theirs-{number}"))

    with pytest.raises(Conflict) as lost:
        notes.save(mine, context=context("mine"))

    assert lost.value.current == 4
    assert notes.store.result_of("mine") is None


def test_a_conflict_names_what_it_broke(notes: Notes) -> None:
    notes.save(Note(note_id=LOW, customer_id=UUID(int=1), text="0"), context=context("first"))

    with pytest.raises(Conflict, match=r"events_stream_key|originator_version"):
        notes.save(Note(note_id=LOW, customer_id=UUID(int=1), text="0"), context=context("second"))
    with pytest.raises(Conflict) as repeated:
        notes.save(Note(note_id=HIGH, customer_id=UUID(int=1), text="0"), context=context("first"))
    assert repeated.value.current is None
    with pytest.raises(Conflict, match=r"commands_pkey|command_id"):
        notes.store.keep_result(context("first"), LOW, 1)


def test_a_digest_is_pinned_column_by_column() -> None:
    row = StoredFact(HIGH, 2, "T", b"{}", 3, LOW, MIDDLE, "c", NOON, "{}", 9, GENESIS, b"h")

    assert row.draft.digest().hex() == "bf80c7515ee10daf86294549182bffb49018aa7d883b842da1004faa5afa3538"
    assert instant_text(NOON) == "2026-11-02T12:00:00.000000+00:00"

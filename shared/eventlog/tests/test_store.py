"""The contract of the store, on PostgreSQL and SQLite."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine

from crm_eventlog.aggregate import NotFound
from crm_eventlog.application import Application, CommandResult, IdempotencyKeyReused, StaleVersion
from crm_eventlog.command_context import CommandContext
from crm_eventlog.envelope import context_of
from crm_eventlog.migrate import PartitionCountChanged, migrate
from crm_eventlog.store import GENESIS, Conflict, link, partition_of
from shared.eventlog.tests.support.notes import (
    NOON,
    PARTITIONS,
    CloseNote,
    EditNote,
    Note,
    NoteClosed,
    Notes,
    WriteNote,
    context,
)

CHEN = UUID(int=7)


def written(notes: Notes, command_id: str = "write", customer_id: UUID = CHEN) -> UUID:
    return notes.execute(WriteNote(customer_id=customer_id, text="asks"), context(command_id)).id


def test_what_was_recorded_is_read_back_as_it_was(notes: Notes) -> None:
    note_id = written(notes)
    notes.execute(EditNote(note_id=note_id, text="asked"), context("edit"))

    note = notes.load(Note, note_id)

    assert (note.text, note.customer_id, note.version) == ("asked", CHEN, 2)


def test_a_loaded_aggregate_equals_the_one_that_lived(notes: Notes) -> None:
    live = Note(note_id=uuid4(), customer_id=CHEN, text="asks")
    live.close()
    notes.save(live, context=context("live"))

    assert notes.load(Note, live.id) == live


def test_only_one_of_two_who_read_the_same_version_writes(notes: Notes) -> None:
    note_id = written(notes)
    mine, theirs = notes.load(Note, note_id), notes.load(Note, note_id)
    mine.edit("mine")
    theirs.edit("theirs")
    notes.save(mine, context=context("mine"))

    with pytest.raises(Conflict):
        notes.save(theirs, context=context("theirs"))

    assert notes.load(Note, note_id).text == "mine"


def test_a_conflict_is_decided_anew_once(notes: Notes) -> None:
    note_id = written(notes)
    tries = []

    def edit_after_somebody_else(command: EditNote, app: Application, mine: CommandContext) -> CommandResult:
        note = app.load(Note, note_id)
        if not tries:
            notes.execute(EditNote(note_id=note_id, text="theirs"), context("theirs"))
        tries.append(note.version)
        note.edit(command.text)
        return app.save(note, context=mine)

    Notes(notes.store, edit_after_somebody_else).execute(EditNote(note_id=note_id, text="mine"), context("mine"))

    assert tries == [1, 2]
    assert notes.load(Note, note_id).text == "mine"


def test_a_repeated_command_gets_its_first_answer(notes: Notes) -> None:
    command = WriteNote(customer_id=CHEN, text="asks")
    first = notes.execute(command, context("same"))

    again = notes.execute(command, context("same"))

    assert again == replace(first, repeated=True)
    assert sum(n for n, _ in notes.store.heads().values()) == 1


def test_one_key_with_two_commands_is_refused(notes: Notes) -> None:
    notes.execute(WriteNote(customer_id=CHEN, text="asks"), context("same"))

    with pytest.raises(IdempotencyKeyReused):
        notes.execute(WriteNote(customer_id=CHEN, text="complains"), context("same"))


def test_a_command_repeated_by_many_at_once_happens_once(notes: Notes) -> None:
    start = threading.Barrier(6)

    def write(_: int) -> UUID:
        start.wait(10)
        return written(notes, "same")

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(write, range(6)))

    assert len(set(answers)) == 1
    assert sum(n for n, _ in notes.store.heads().values()) == 1


def test_a_refused_command_leaves_nothing_and_may_be_given_again(notes: Notes) -> None:
    note_id = written(notes)
    notes.execute(CloseNote(note_id=note_id), context("close"))

    with pytest.raises(NoteClosed):
        notes.execute(EditNote(note_id=note_id, text="late"), context("late"))

    assert notes.store.result_of("late") is None
    assert notes.load(Note, note_id).version == 2


def test_a_command_for_another_version_is_refused_with_the_one_that_stands(notes: Notes) -> None:
    note_id = written(notes)
    notes.execute(EditNote(note_id=note_id, text="asked"), context("edit"))

    with pytest.raises(StaleVersion) as refusal:
        notes.execute(CloseNote(note_id=note_id), context("close", expected_version=1))

    assert refusal.value.current == 2


def test_what_does_not_exist_is_not_found(notes: Notes) -> None:
    with pytest.raises(NotFound):
        notes.load(Note, uuid4())


def test_positions_are_gapless_whatever_happens_at_once(notes: Notes) -> None:
    def write(number: int) -> None:
        note_id = written(notes, f"write-{number}", UUID(int=number))
        if number % 3 == 0:
            notes.execute(CloseNote(note_id=note_id), context(f"close-{number}"))
            with pytest.raises(NoteClosed):
                notes.execute(CloseNote(note_id=note_id), context(f"again-{number}"))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(60)))

    positions = {part: [fact.pos for fact in notes.store.read(part, 0, 1_000)] for part in range(PARTITIONS)}
    assert positions == {part: list(range(1, n + 1)) for part, (n, _) in notes.store.heads().items()}
    assert sum(map(len, positions.values())) == 80


def test_every_fact_carries_who_where_when_and_why(notes: Notes) -> None:
    command_context = context("write", causation_id="cause", traceparent="00-1-2-01")
    notes.execute(WriteNote(customer_id=CHEN, text="asks"), command_context)

    (fact,) = notes.store.read(notes.store.part(CHEN), 0, 10)

    assert context_of(fact) == command_context
    assert fact.recorded_at == command_context.recorded_at > NOON


def test_each_fact_is_chained_to_the_one_before(notes: Notes) -> None:
    for number in range(12):
        written(notes, f"write-{number}", UUID(int=number))

    for part, (_, head) in notes.store.heads().items():
        previous = GENESIS
        for fact in notes.store.read(part, 0, 100):
            assert fact.prev_hash == previous
            assert fact.hash == link(previous, fact.pos, fact.draft.digest())
            previous = fact.hash
        assert previous == head


def test_a_customers_facts_lie_in_one_partition(notes: Notes) -> None:
    for number in range(5):
        written(notes, f"write-{number}")

    counts = {part: n for part, (n, _) in notes.store.heads().items() if n}

    assert counts == {partition_of(CHEN, PARTITIONS): 5}


def test_several_aggregates_are_recorded_together_or_not_at_all(notes: Notes) -> None:
    note_id = written(notes)
    stale = notes.load(Note, note_id)
    notes.execute(EditNote(note_id=note_id, text="asked"), context("edit"))
    stale.edit("late")
    other = Note(note_id=uuid4(), customer_id=UUID(int=8), text="other")

    with pytest.raises(Conflict):
        notes.save(other, stale, context=context("both"))

    with pytest.raises(NotFound):
        notes.load(Note, other.id)


def test_the_answer_about_several_aggregates_is_the_first_ones_and_is_repeated_so(notes: Notes) -> None:
    several = [Note(note_id=uuid4(), customer_id=UUID(int=number), text="asks") for number in range(1, 9)]

    done = notes.save(*several, context=context("several"))

    first = notes.store.result_of("several")
    assert first is not None
    assert (done.id, done.version, done.position) == (first.aggregate_id, first.version, first.position)
    assert done.position.startswith(f"{partition_of(UUID(int=1), PARTITIONS)}:")


def test_a_command_that_changes_nothing_is_answered_once_however_many_ask_at_once(notes: Notes) -> None:
    note = notes.load(Note, written(notes))
    notes.save(note, context=context("nothing new"))

    with pytest.raises(Conflict):
        notes.save(note, context=context("nothing new"))


def test_the_store_knows_which_streams_have_begun(notes: Notes) -> None:
    begun, edited, _unasked = (written(notes, command) for command in ("a", "b", "c"))
    notes.execute(EditNote(note_id=edited, text="asked"), context("edit"))

    assert notes.store.existing_streams([begun, uuid4(), edited]) == {begun, edited}
    assert notes.store.existing_streams([]) == frozenset()


def test_the_number_of_partitions_is_fixed_for_the_life_of_a_store(engine: Engine) -> None:
    with pytest.raises(PartitionCountChanged):
        migrate(engine, partitions=PARTITIONS * 2)


def test_migrating_again_changes_nothing(engine: Engine, notes: Notes) -> None:
    written(notes)

    migrate(engine, partitions=PARTITIONS)

    assert sum(n for n, _ in notes.store.heads().values()) == 1

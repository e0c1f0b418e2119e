"""The life of a command in its application: loaded, decided, executed once, and retried after a conflict."""

from uuid import UUID

import pytest
from eventsourcing.domain import event
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from crm_eventlog.aggregate import Aggregate, DomainError, NotFound
from crm_eventlog.application import (
    Application,
    CommandResult,
    DuplicateHandler,
    IdempotencyKeyReused,
    StaleVersion,
    command_of,
    registry_of,
)
from crm_eventlog.command_context import CommandContext
from crm_eventlog.store import Conflict, StoredResult, open_store, refuse_unsafe_environment
from shared.eventlog.tests.support.notes import (
    PARTITIONS,
    CloseNote,
    EditNote,
    Note,
    NoteClosed,
    Notes,
    context,
    edit_note,
)

NOTE, SKETCH, CHEN = UUID(int=1), UUID(int=2), UUID(int=7)


class Sketch(Aggregate):
    """Another aggregate than a note."""

    class Drawn(Aggregate.Created):
        sketch_id: UUID

    @staticmethod
    def create_id(sketch_id: UUID) -> UUID:
        return sketch_id

    @event(Drawn)
    def __init__(self, sketch_id: UUID) -> None:
        self.lines = 0


@pytest.fixture
def drawings(engine: Engine) -> Notes:
    """Create a note of version 3 and a sketch."""
    drawings = Notes(open_store(engine, source="drawings", partitions=PARTITIONS), aggregates=(Note, Sketch))
    note = Note(note_id=NOTE, customer_id=CHEN, text="0")
    note.edit("1")
    note.edit("2")
    drawings.save(note, context=context("note"))
    drawings.save(Sketch(sketch_id=SKETCH), context=context("sketch"))
    return drawings


def test_what_concerns_no_customer_lies_where_its_own_id_does(drawings: Notes) -> None:
    (drawn,) = drawings.store.read(drawings.store.part(SKETCH), 0, 10)

    assert (drawn.partition_key, drawn.topic, drawn.state) == (
        SKETCH,
        "Sketch.Drawn",
        f'{{"sketch_id":"{SKETCH}"}}'.encode(),
    )


def test_what_is_not_there_or_is_something_else_is_not_found_and_named(drawings: Notes) -> None:
    for missing in (UUID(int=9), SKETCH):
        with pytest.raises(NotFound) as refused:
            drawings.load(Note, missing)

        assert (refused.value.field, refused.value.value) == ("note_id", missing)
        assert str(refused.value) == (
            f"NotFound: note_id={missing!r}. No record with this id exists. Check the id, or create the record first."
        )


def test_only_the_version_that_the_caller_saw_is_loaded(drawings: Notes) -> None:
    assert drawings.load(Note, NOTE, expected_version=3).text == "2"
    for seen in (2, 4):
        with pytest.raises(StaleVersion) as refused:
            drawings.load(Note, NOTE, expected_version=seen)

        assert (refused.value.field, refused.value.value, refused.value.current) == ("expected_version", seen, 3)
        assert str(refused.value) == (
            f"StaleVersion: expected_version={seen}. The record has changed since you read it. "
            "Read the record again and repeat the change with its version."
        )


def test_the_first_answer_is_kept_with_the_commands_fingerprint_and_repeated_whole(drawings: Notes) -> None:
    command = EditNote(note_id=NOTE, text="3")
    first = drawings.execute(command, context("edit"))

    again = drawings.execute(command, context("edit", recorded_at=context("x").occurred_at))

    place = f"{drawings.store.part(CHEN)}:4"
    kept = StoredResult("edit", command.fingerprint(), NOTE, 4, place, context("edit").recorded_at)
    assert (first, again) == (CommandResult(NOTE, 4, place), CommandResult(NOTE, 4, place, repeated=True))
    assert drawings.store.result_of("edit") == kept


def test_a_command_that_was_done_is_answered_even_where_it_would_be_refused_now(drawings: Notes) -> None:
    close, late = CloseNote(note_id=NOTE), EditNote(note_id=NOTE, text="late")
    first = drawings.execute(close, context("close"))

    assert drawings.execute(close, context("close")) == CommandResult(NOTE, 4, first.position, repeated=True)
    with pytest.raises(NoteClosed):
        drawings.execute(close, context("another"))
    with pytest.raises(IdempotencyKeyReused) as refused:
        drawings.execute(late, context("close"))
    assert (refused.value.field, refused.value.value) == ("command_id", "close")


@pytest.mark.parametrize("done", [True, False], ids=["committed", "not-committed"])
def test_a_connection_that_breaks_after_the_commit_is_answered_and_before_it_is_raised(
    drawings: Notes, done: bool
) -> None:
    def breaks(command: EditNote, app: Application, command_context: CommandContext) -> CommandResult:
        if done:
            edit_note(command, app, command_context)
        raise OperationalError("commit", None, Exception("gone"))

    drawings.handlers = registry_of([breaks])
    command = EditNote(note_id=NOTE, text="3")
    if not done:
        with pytest.raises(OperationalError):
            drawings.execute(command, context("edit"))
        return

    assert drawings.execute(command, context("edit")) == CommandResult(
        NOTE, 4, f"{drawings.store.part(CHEN)}:4", repeated=True
    )


def test_a_second_lost_race_is_given_up(drawings: Notes) -> None:
    tries: list[str] = []

    def loses(_: EditNote, app: Application, command_context: CommandContext) -> CommandResult:
        tries.append(command_context.fingerprint)
        raise Conflict("events_stream_key")

    drawings.handlers = registry_of([loses])
    command = EditNote(note_id=NOTE, text="3")
    with pytest.raises(Conflict):
        drawings.execute(command, context("edit"))

    assert tries == [command.fingerprint()] * 2


def test_a_lost_race_against_the_same_command_is_its_first_answer(drawings: Notes) -> None:
    command, tries = EditNote(note_id=NOTE, text="3"), list[int]()

    def twice(command: EditNote, app: Application, command_context: CommandContext) -> CommandResult:
        tries.append(1)
        edit_note(command, app, command_context)
        return edit_note(command, app, command_context)

    drawings.handlers = registry_of([twice])
    answered = drawings.execute(command, context("edit"))

    assert (answered.version, answered.repeated, tries) == (4, True, [1])
    assert drawings.load(Note, NOTE).version == 4


def test_a_command_is_handled_by_the_function_that_names_it_in_its_annotation(drawings: Notes) -> None:
    class Trace(EditNote):
        """A special kind of edit."""

    def anything(command: Trace, app: Application, context: CommandContext) -> CommandResult:
        return edit_note(EditNote(note_id=command.note_id, text=f"traced {command.text}"), app, context)

    drawings.handlers = registry_of([edit_note, anything])
    drawings.execute(Trace(note_id=NOTE, text="3"), context("trace"))

    assert drawings.load(Note, NOTE).text == "traced 3"
    assert (drawings.command_named("Trace"), drawings.command_named("EditNote")) == (Trace, EditNote)
    with pytest.raises(KeyError):
        drawings.command_named("CloseNote")


def test_two_handlers_of_one_command_and_a_handler_of_none_are_refused() -> None:
    def again(command: EditNote, app: Application, context: CommandContext) -> CommandResult:
        raise NotImplementedError

    def of_text(command: str, app: Application, context: CommandContext) -> CommandResult:
        raise NotImplementedError

    def of_nothing() -> CommandResult:
        raise NotImplementedError

    assert command_of(again) is EditNote
    with pytest.raises(DuplicateHandler, match=r"EditNote: edit_note and .*again"):
        registry_of([edit_note, again])
    for handler in (of_text, of_nothing):
        with pytest.raises(TypeError, match=r"of_\w+\(command: ..., app, context\) must name its Command"):
            command_of(handler)


def test_a_refusal_says_what_broke_which_rule_and_the_way_out() -> None:
    refused = DomainError("amount", 3)

    assert str(refused) == "DomainError: amount=3. The request breaks a rule. Correct the value and try again."
    assert [text.zh for text in (DomainError.message, DomainError.hint, NotFound.message, NotFound.hint)] == [
        "请求违反了规则。",
        "请更正该值后重试。",
        "没有此编号的记录。",
        "请检查编号，或先创建。",
    ]
    assert [(text.en, text.zh) for text in (IdempotencyKeyReused.message, IdempotencyKeyReused.hint)] == [
        ("An idempotency key can be used for one command only.", "一个幂等键只能用于一条命令。"),
        ("Use a new key for the new command.", "请为新命令使用新的幂等键。"),
    ]
    assert (StaleVersion.message.zh, StaleVersion.hint.zh) == (
        "您读取之后，该记录已被修改。",
        "请重新读取，并带上其版本号再次修改。",
    )


@pytest.mark.parametrize("value", ["y", "yes", "t", "TRUE", "on", "1"])
def test_a_store_that_would_lose_events_is_not_opened(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTGRES_ENABLE_DB_FUNCTIONS", value)

    with pytest.raises(RuntimeError, match="POSTGRES_ENABLE_DB_FUNCTIONS loses events; unset it and start again"):
        Notes(None)  # type: ignore[arg-type]
    monkeypatch.setenv("POSTGRES_ENABLE_DB_FUNCTIONS", "no")
    refuse_unsafe_environment()


def test_the_environment_chooses_no_other_store(drawings: Notes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PERSISTENCE_MODULE", "eventsourcing.nowhere")

    assert Notes(drawings.store).load(Note, NOTE).version == 3

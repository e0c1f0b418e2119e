"""Rows of reactions, column by column: facts, results and deadlines of two customers, delivered late and again."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import orjson
import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from crm_eventlog.application import Application, CommandResult
from crm_eventlog.command_context import COMMAND_NAMESPACE, CommandContext
from crm_eventlog.consumer import TransientError
from crm_eventlog.envelope import context_of, to_record
from crm_eventlog.log import LogRecord
from crm_eventlog.reactions import CancelDeadline, Deadline, Effect, Policy, Reactor, ScheduleDeadline, Ticker
from crm_eventlog.reactions.counters import Counters, processed
from crm_eventlog.store import GENESIS, StoredFact
from crm_eventlog.tables import checkpoints, deadlines, reactions
from shared.eventlog.tests.support.notes import (
    NOON,
    PARTITIONS,
    TOPIC,
    CloseNote,
    Note,
    Notes,
    NoteWritten,
    close_note,
    context,
    parse,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HEARD_AT, LATER = NOON + 3 * HOUR, NOON + 9 * DAY
FIRST, SECOND, THIRD = UUID(int=101), UUID(int=102), UUID(int=103)
LI, WU = UUID(int=1), UUID(int=2)


def told(
    offset: int, customer: UUID, text: str, *, hour: int = 0, source: str = "notes", stream: int = 900
) -> LogRecord:
    """Return a note written at this hour, in another unit for each hour."""
    event, at = UUID(int=500 + offset), (NOON + hour * HOUR).isoformat()
    why = {"correlation_id": f"story-{offset}", "causation_id": "x", "traceparent": f"00-{offset}"}
    who = {"actor": "li", "role": "clerk", "unit": f"unit-{offset}", "channel": f"channel-{offset}", "occurred_at": at}
    place = (0, event, customer, "c", NOON + HOUR, orjson.dumps(who | why).decode(), offset + 1, GENESIS, GENESIS)
    fact = StoredFact(UUID(int=stream), offset + 1, "", b"", *place)
    written = to_record(source, fact, NoteWritten(note_id=event, customer_id=customer, text=text))
    return LogRecord(TOPIC, 0, offset, *written, NOON)


def close_it(event: NoteWritten, at: datetime) -> CloseNote | None:
    """Whenever a note names another in the morning, close that one."""
    return CloseNote(note_id=UUID(event.text)) if at < NOON + 12 * HOUR else None


def close_it_too(event: NoteWritten, _: datetime) -> CloseNote:
    """Whenever a note names another, close that one."""
    return CloseNote(note_id=UUID(event.text))


def plan_it(
    event: NoteWritten, at: datetime
) -> ScheduleDeadline | CancelDeadline | tuple[ScheduleDeadline | CancelDeadline, ...] | None:
    """Whenever a note names another, close that one a day later and cancel its writer's other plan."""
    if event.text == "nothing":
        return None
    if event.text == "clear":
        return CancelDeadline("close", event.customer_id)
    due = ScheduleDeadline("close", event.customer_id, at + DAY, CloseNote(note_id=UUID(event.text)))
    return due if event.customer_id == WU else (due, CancelDeadline("call", event.customer_id))


@pytest.fixture
def three(notes: Notes) -> Notes:
    """Create three open notes."""
    for number, note in enumerate((FIRST, SECOND, THIRD)):
        notes.save(
            Note(note_id=note, customer_id=UUID(int=number + 1), text="asks"), context=context(f"write-{number}")
        )
    return notes


def reactor_of(notes: Notes, **reactions_of_it: Any) -> Reactor:
    reactor = Reactor(
        notes, parse, lambda: HEARD_AT, topics=frozenset({TOPIC}), partitions=PARTITIONS, **reactions_of_it
    )
    reactor.prepare()
    return reactor


def rows(notes: Notes, table: Any) -> list[tuple[Any, ...]]:
    with notes.store.engine.connect() as db:
        return [tuple(row) for row in db.execute(select(table).order_by(*list(table.c)[:2]))]


def closings(notes: Notes) -> dict[UUID, CommandContext]:
    facts = [fact for part in range(PARTITIONS) for fact in notes.store.read(part, 0, 100)]
    return {fact.originator_id: context_of(fact) for fact in facts if fact.topic == "Note.Closed"}


def id_of(reaction: str) -> str:
    return str(uuid5(COMMAND_NAMESPACE, reaction))


def plans(offset: int, customer: UUID, note: UUID, due: datetime, fired: datetime | None = None) -> tuple[Any, ...]:
    """Return a deadline's expected row."""
    hour = (due - DAY).isoformat(timespec="microseconds")
    key = f"{hour}|notes|{UUID(int=900).hex}|{offset + 1:012d}"
    where = f"story-{offset}", f"unit-{offset}", f"channel-{offset}"
    arguments = f'{{"note_id":"{note}"}}'
    return ("close", customer, due, "CloseNote", arguments, UUID(int=500 + offset), *where, key, fired)


def test_a_policys_fact_happened_when_its_event_did_and_was_recorded_when_it_was_heard(three: Notes) -> None:
    reactor_of(three, policies=[Policy(NoteWritten, close_it)]).process_batch(
        [told(0, LI, str(FIRST), hour=1), told(1, WU, str(SECOND), hour=13), told(2, WU, str(THIRD), hour=2)]
    )

    def expected(offset: int, hour: int) -> CommandContext:
        return CommandContext(
            command_id=id_of(f"close_it/{UUID(int=500 + offset)}"),
            actor="policy:close_it",
            role="system",
            unit=f"unit-{offset}",
            channel=f"channel-{offset}",
            occurred_at=NOON + hour * HOUR,
            recorded_at=HEARD_AT,
            correlation_id=f"story-{offset}",
            causation_id=str(UUID(int=500 + offset)),
            traceparent=f"00-{offset}",
        )

    assert closings(three) == {FIRST: expected(0, 1), THIRD: expected(2, 2)}


def test_what_became_of_every_command_is_kept_with_its_cause_and_reason(three: Notes) -> None:
    policies = [Policy(NoteWritten, close_it), Policy(NoteWritten, close_it_too)]
    before = processed.copy()
    reactor_of(three, policies=policies).process_batch([told(0, LI, str(FIRST)), told(1, WU, str(SECOND), hour=13)])

    def kept(name: str, offset: int, outcome: str, reason: str | None = None) -> tuple[Any, ...]:
        cause = UUID(int=500 + offset)
        return (id_of(f"{name}/{cause}"), name, "CloseNote", cause, outcome, reason, HEARD_AT)

    refused = "NoteClosed: The request breaks a rule."
    assert rows(three, reactions) == sorted(
        [
            kept("close_it", 0, "done"),
            kept("close_it_too", 0, "refused", refused),
            kept("close_it_too", 1, "done"),
        ]
    )
    assert processed.since(before) == Counters(3, 0)


def test_what_is_heard_again_keeps_its_first_answer(three: Notes) -> None:
    reactor = reactor_of(three, policies=[Policy(NoteWritten, close_it)])
    reactor.process_batch([told(0, LI, str(FIRST))])
    before = rows(three, reactions)
    with three.store.engine.begin() as db:
        db.execute(update(checkpoints).values(next_offset=0, pos=0))
    reactor._clock = lambda: LATER

    reactor.process_batch([told(0, LI, str(FIRST))])

    assert rows(three, reactions) == before
    assert closings(three)[FIRST].recorded_at == HEARD_AT


def test_a_deadline_is_kept_with_its_command_its_cause_and_its_place_in_the_story(three: Notes) -> None:
    reactor_of(three, deadlines=[Deadline(NoteWritten, plan_it)]).process_batch(
        [told(0, LI, str(FIRST), hour=1), told(1, WU, str(SECOND), hour=2), told(2, WU, "nothing", hour=3)]
    )

    key = f"2026-11-02T13:00:00.000000+00:00|notes|{UUID(int=900).hex}|000000000001"
    cleared = ("call", LI, None, None, None, UUID(int=500), "story-0", "unit-0", "channel-0", key, None)
    assert rows(three, deadlines) == [
        cleared,
        plans(0, LI, FIRST, NOON + HOUR + DAY),
        plans(1, WU, SECOND, NOON + 2 * HOUR + DAY),
    ]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_the_newest_event_about_a_deadline_decides_whatever_arrives_first(three: Notes, order: tuple[int, ...]) -> None:
    heard = [(LI, str(FIRST), 1), (LI, str(THIRD), 9), (LI, "clear", 5)]
    reactor = reactor_of(three, deadlines=[Deadline(NoteWritten, plan_it)])
    for offset, number in enumerate(order):
        customer, text, hour = heard[number]
        reactor.process_batch([told(offset, customer, text, hour=hour)])

    assert rows(three, deadlines)[1] == plans(order.index(1), LI, THIRD, NOON + 9 * HOUR + DAY)


def test_a_deadline_that_fired_fires_again_only_for_a_newer_event(three: Notes) -> None:
    reactor = reactor_of(three, deadlines=[Deadline(NoteWritten, plan_it)])
    reactor.process_batch([told(0, WU, str(FIRST), hour=5)])
    Ticker(three, lambda: LATER).tick()
    fired = [plans(0, WU, FIRST, NOON + 5 * HOUR + DAY, LATER)]

    reactor.process_batch([told(1, WU, str(SECOND), hour=4)])
    assert (rows(three, deadlines), Ticker(three, lambda: LATER).tick()) == (fired, 0)
    reactor.process_batch([told(2, WU, str(THIRD), hour=6)])
    assert Ticker(three, lambda: LATER).tick() == 1

    assert set(closings(three)) == {FIRST, THIRD}


def test_deadlines_fire_soonest_first_as_many_as_fit_and_happened_when_they_fell_due(three: Notes) -> None:
    reactor_of(three, deadlines=[Deadline(NoteWritten, plan_it)]).process_batch(
        [told(0, LI, str(FIRST), hour=8), told(1, WU, str(SECOND), hour=2), told(2, UUID(int=3), str(THIRD), hour=4)]
    )
    ticker = Ticker(three, lambda: NOON + DAY + 5 * HOUR, batch=1)

    due = NOON + DAY + 2 * HOUR
    assert (ticker.tick(), set(closings(three))) == (1, {SECOND})
    assert closings(three)[SECOND] == CommandContext(
        command_id=id_of(f"close/{WU}/{due.isoformat(timespec='microseconds')}"),
        actor="deadline:close",
        role="system",
        unit="unit-1",
        channel="channel-1",
        occurred_at=due,
        recorded_at=NOON + DAY + 5 * HOUR,
        correlation_id="story-1",
        causation_id=str(UUID(int=501)),
    )
    assert [(row[1], row[2], row[3], row[4]) for row in rows(three, reactions)] == [
        ("close", "CloseNote", UUID(int=501), "done")
    ]
    assert (ticker.tick(), ticker.tick(), set(closings(three))) == (1, 0, {SECOND, THIRD})
    fired = {row[1]: row[-1] for row in rows(three, deadlines) if row[0] == "close"}
    assert fired == {LI: None, WU: NOON + DAY + 5 * HOUR, UUID(int=3): NOON + DAY + 5 * HOUR}


def test_a_deadline_that_moves_while_it_fires_stays_and_fires_at_its_new_time(three: Notes) -> None:
    reactor = reactor_of(three, deadlines=[Deadline(NoteWritten, plan_it)])
    reactor.process_batch([told(0, WU, str(FIRST)), told(1, LI, str(SECOND))])

    def close_and_hear(command: CloseNote, app: Application, context: CommandContext) -> CommandResult:
        """Process a newer note while the first is being closed."""
        if command.note_id == FIRST:
            reactor.process_batch([told(2, WU, str(THIRD), hour=6)])
        return close_note(command, app, context)

    ticker = Ticker(Notes(three.store, close_and_hear), lambda: NOON + DAY)

    assert ticker.tick() == 2
    assert [row[-1] for row in rows(three, deadlines)] == [None, NOON + DAY, None]
    assert Ticker(three, lambda: LATER).tick() == 1
    assert set(closings(three)) == {FIRST, SECOND, THIRD}


def test_an_effect_gets_every_whole_event_once_and_is_counted_and_closed(three: Notes) -> None:
    felt, ended = list[Any](), list[str]()
    effects = [Effect(NoteWritten, felt.append, lambda: ended.append("a")), Effect(NoteWritten, lambda _: None)]
    effects.append(Effect(CloseNote, felt.append, lambda: ended.append("b")))
    reactor, before = reactor_of(three, effects=effects), processed.copy()

    reactor.process_batch([told(0, LI, "a"), told(1, WU, "b")])
    reactor.close()

    assert [(event.id, event.unit, event.data.text) for event in felt] == [
        (UUID(int=500), "unit-0", "a"),
        (UUID(int=501), "unit-1", "b"),
    ]
    assert (processed.since(before), ended) == (Counters(0, 4), ["a", "b"])
    assert Counters() == Counters(0, 0)


def test_a_reactor_that_is_stopping_does_nothing_more_and_hears_the_rest_again(three: Notes) -> None:
    felt = list[Any]()

    def feel(event: Any) -> None:
        felt.append(event.data.text)
        reactor.stopping.set()

    reactor = reactor_of(three, effects=[Effect(NoteWritten, feel)])
    batch = [told(0, LI, "a"), told(1, WU, "b")]

    with pytest.raises(
        TransientError, match="the process stops; executed commands are known when their events are delivered again"
    ):
        reactor.process_batch(batch)

    assert (felt, reactor.stopped) == (["a"], {})
    reactor_of(three, effects=[Effect(NoteWritten, feel)]).process_batch(batch)
    assert felt == ["a", "a", "b"]


def test_a_ticker_waits_out_a_database_that_is_away(three: Notes, until: Callable[..., Any]) -> None:
    reactor_of(three, deadlines=[Deadline(NoteWritten, plan_it)]).process_batch([told(0, WU, str(FIRST))])
    times = [OperationalError("select", None, Exception("away")), LATER]

    def clock() -> datetime:
        now = times.pop(0) if len(times) > 1 else times[0]
        if isinstance(now, Exception):
            raise now
        return now

    async def story() -> None:
        stop = asyncio.Event()
        running = asyncio.create_task(Ticker(three, clock).run(stop, poll=0.01))
        await until(lambda: FIRST in closings(three))
        stop.set()
        await running

    asyncio.run(story())

    assert set(closings(three)) == {FIRST}

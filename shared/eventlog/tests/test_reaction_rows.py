"""Rows of reactions, column by column: facts, results and deadlines of two customers, delivered late and again."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from crm_eventlog.application import Application, CommandResult
from crm_eventlog.command_context import CommandContext
from crm_eventlog.consumer import TransientError
from crm_eventlog.reactions import Deadline, Effect, Policy, Ticker
from crm_eventlog.reactions.counters import Counters, processed
from crm_eventlog.tables import checkpoints, deadlines, reactions
from shared.eventlog.tests.support.notes import (
    NOON,
    CloseNote,
    Notes,
    NoteWritten,
    close_note,
)
from shared.eventlog.tests.support.reacting import (
    DAY,
    FIRST,
    HEARD_AT,
    HOUR,
    LATER,
    LI,
    SECOND,
    THIRD,
    WU,
    close_it,
    close_it_too,
    closings,
    id_of,
    plan_it,
    plans,
    reactor_of,
    rows,
    told,
)


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

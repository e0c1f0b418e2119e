"""The pace of the ticker, and deadlines that fall due at the same moment."""

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from crm_eventlog.reactions import Ticker
from crm_eventlog.tables import deadlines, reactions
from shared.eventlog.tests.support.impatience import first_waits_of
from shared.eventlog.tests.support.notes import NOON, CloseNote, Notes

LI, WU = UUID(int=1), UUID(int=2)
LATER = NOON + timedelta(days=1)


def due(kind: str, subject: UUID, at: datetime = NOON) -> dict[str, Any]:
    """Schedule a deadline whose command is refused, because the note does not exist."""
    command = CloseNote(note_id=subject)
    return {
        "kind": kind,
        "subject": subject,
        "due_at": at,
        "command": "CloseNote",
        "arguments": command.model_dump_json(),
        "caused_by": subject,
        "correlation_id": "story",
        "unit": "u",
        "channel": "web",
        "order_key": "1",
    }


def keep(notes: Notes, rows: list[dict[str, Any]]) -> None:
    with notes.store.engine.begin() as db:
        db.execute(deadlines.insert(), rows)


def answered(notes: Notes) -> list[tuple[str, UUID]]:
    """Return the deadlines whose commands were executed."""
    columns = reactions.c.reaction, reactions.c.caused_by
    with notes.store.engine.connect() as db:
        return [tuple(row) for row in db.execute(select(*columns).order_by(*columns))]


def test_deadlines_of_the_same_moment_fire_each_for_itself(notes: Notes) -> None:
    each = [(kind, subject) for kind in ("call", "close") for subject in (LI, WU)]
    keep(notes, [due(*one) for one in each])
    ticker = Ticker(notes, lambda: LATER, batch=1)

    assert [(ticker.tick(), len(answered(notes))) for _ in range(5)] == [(1, 1), (1, 2), (1, 3), (1, 4), (0, 4)]

    assert answered(notes) == each


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_ticker_looks_four_times_a_second_and_at_once_while_there_is_something_to_fire(notes: Notes) -> None:
    keep(notes, [due("call", LI), due("call", WU, LATER), due("close", WU, LATER)])
    times: Iterator[Any] = iter([OperationalError("select", None, Exception("away")), NOON, LATER])

    def clock() -> datetime:
        now = next(times, LATER)
        if isinstance(now, Exception):
            raise now
        return now

    assert first_waits_of(Ticker(notes, clock, batch=1).run, 3) == [0.25] * 3
    assert answered(notes) == [("call", LI), ("call", WU), ("close", WU)]


def test_a_ticker_that_was_asked_to_stop_fires_nothing_more(notes: Notes) -> None:
    keep(notes, [due("call", LI), due("call", WU)])

    async def story() -> None:
        stop = asyncio.Event()
        stop.set()
        await Ticker(notes, lambda: LATER).run(stop)

    asyncio.run(story())

    assert answered(notes) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_more_than_five_hundred_deadlines_fire_together(notes: Notes) -> None:
    keep(notes, [due("call", UUID(int=number)) for number in range(501)])
    ticker = Ticker(notes, lambda: LATER)

    assert [ticker.tick(), ticker.tick()] == [500, 1]
    with notes.store.engine.connect() as db:
        assert db.scalar(select(func.count()).select_from(reactions)) == 501

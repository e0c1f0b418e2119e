"""The ticker of due deadlines: it fires each once, under a derived id, at the time it fell due."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid5

import structlog
from sqlalchemy import Row, select, update

from crm_eventlog.application import Application
from crm_eventlog.columns import instant_text
from crm_eventlog.command_context import COMMAND_NAMESPACE, CommandContext
from crm_eventlog.consumer.errors import TRANSIENT
from crm_eventlog.reactions.reactor import Outcome, give, keep_outcomes
from crm_eventlog.store.engine import reading
from crm_eventlog.tables import deadlines
from crm_eventlog.waiting import wait_or_stop

_log = structlog.get_logger(__name__)


class Ticker:
    """A ticker that executes the command of every due deadline.

    Several tickers do no harm, because the command id is the same.
    """

    def __init__(self, application: Application, clock: Callable[[], datetime], *, batch: int = 500) -> None:
        self._application, self._clock, self._batch = application, clock, batch

    async def run(self, stop: asyncio.Event, *, poll: float = 0.25) -> None:
        while not stop.is_set():
            try:
                fired = await asyncio.to_thread(self.tick)
            except TRANSIENT as error:
                _log.warning("ticker waits to retry", error_type=type(error).__name__)
                fired = 0
            if not fired:
                await wait_or_stop(stop, poll)

    def tick(self) -> int:
        """Fire a batch of due deadlines, soonest first. Return how many."""
        now = self._clock()
        due = (
            select(deadlines)
            .where(deadlines.c.fired_at.is_(None), deadlines.c.due_at <= now)
            .order_by(deadlines.c.due_at)
            .limit(self._batch)
        )
        with reading(self._application.store.engine) as db:
            rows = db.execute(due).all()
        if not rows:
            return 0
        outcomes = [self._fire(row, now) for row in rows]
        with self._application.store.engine.begin() as db:
            for row in rows:
                # A deadline that was moved meanwhile stays, and fires at its new time.
                same = (deadlines.c.kind == row.kind) & (deadlines.c.subject == row.subject)
                db.execute(update(deadlines).where(same, deadlines.c.due_at == row.due_at).values(fired_at=now))
            keep_outcomes(db, outcomes)
        return len(rows)

    def _fire(self, row: Row[Any], now: datetime) -> Outcome:
        command = self._application.command_named(row.command).model_validate_json(row.arguments)
        fired = f"{row.kind}/{row.subject}/{instant_text(row.due_at)}"
        context = CommandContext(
            command_id=str(uuid5(COMMAND_NAMESPACE, fired)),
            actor=f"deadline:{row.kind}",
            role="system",
            unit=row.unit,
            channel=row.channel,
            occurred_at=row.due_at,
            recorded_at=now,
            correlation_id=row.correlation_id,
            causation_id=str(row.caused_by),
        )
        return give(self._application, row.kind, command, context)

"""Known mistakes, each one line away from the platform's own class: the simulation must find every one of them."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import update

from crm_eventlog.application import CommandResult
from crm_eventlog.command import Command
from crm_eventlog.command_context import CommandContext
from crm_eventlog.consumer.checkpoint import Reader
from crm_eventlog.consumer.event_consumer import Fold
from crm_eventlog.envelope import CloudEvent
from crm_eventlog.log import LogRecord
from crm_eventlog.projection import Projector
from crm_eventlog.reactions import Reactor
from crm_eventlog.relay import Relay
from crm_eventlog.tables import relay_checkpoints
from shared.eventlog.tests.support.notes import Notes
from tests.simulation.world import Parts


class KeyIgnored(Notes):
    """Commands that are not idempotent: whoever asks again gets it once more."""

    def execute(self, command: Command, context: CommandContext) -> CommandResult:
        while self.store.result_of(context.command_id) is not None:
            context = replace(context, command_id=f"{context.command_id} again")
        return super().execute(command, context)


class CheckpointedBeforeSent(Relay):
    """The relay's checkpoint moves before the records are acknowledged."""

    async def step(self) -> int:
        await asyncio.to_thread(self._own)
        moves = await asyncio.to_thread(self._translate_next)
        if moves:
            await asyncio.to_thread(self._checkpoint, moves, {})
            await self._log.append(self._topic, {move.part: move.records for move in moves if move.records})
        return sum(move.facts for move in moves)


class Unfenced(Relay):
    """A relay that was overtaken still moves the checkpoint."""

    def _checkpoint(self, moves: Sequence[Any], offsets: Mapping[int, int]) -> None:
        with self._store.engine.begin() as db:
            for move in moves:
                of_part = relay_checkpoints.c.part == move.part
                db.execute(update(relay_checkpoints).where(of_part).values(pos=move.pos))
        for move in moves:
            self._places[move.part].pos = move.pos


class CheckpointedBeforeRows(Projector):
    """Rows and checkpoint in two transactions, the checkpoint's first."""

    def process_batch(self, records: Iterable[LogRecord]) -> None:
        self._later: list[Fold] = []
        super().process_batch(records)
        with self.engine.begin() as db:
            for fold in self._later:
                fold(db)

    def ready(self, reader: Reader, events: Sequence[CloudEvent]) -> Fold:
        self._later.append(super().ready(reader, events))
        return lambda _: None


class SentAgainTakenForNew(Projector):
    """Offsets alone tell what was seen: what a relay sent again under new offsets is folded again."""

    def decode(self, record: LogRecord) -> CloudEvent | None:
        event = super().decode(record)
        return event and replace(event, position=f"{record.partition}:{record.offset + 1}")


class NewIdEveryTime(Reactor):
    """A policy's command has an id of the moment, not of its cause."""

    def _context(self, reaction: str, event: CloudEvent) -> CommandContext:
        context = super()._context(reaction, event)
        return replace(context, command_id=f"{context.command_id} {self._clock()}")


MISTAKES = {
    "a command is not idempotent": Parts(application=KeyIgnored),
    "the relay's checkpoint comes before the acknowledgement": Parts(relay=CheckpointedBeforeSent),
    "the relay is not fenced": Parts(relay=Unfenced),
    "the checkpoint comes before the rows": Parts(projector=CheckpointedBeforeRows),
    "positions that were sent again are not known": Parts(projector=SentAgainTakenForNew),
    "a policy's command has a new id every time": Parts(reactor=NewIdEveryTime),
}

"""Clients who want an answer: who gets none asks again with the same key, and at last gives up, not knowing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import OperationalError

from crm_eventlog.aggregate import DomainError
from crm_eventlog.application import CommandResult
from crm_eventlog.store import Conflict
from shared.eventlog.tests.support.notes import CloseNote, EditNote, Notes, WriteNote, context
from tests.simulation.history import Ended, Moment
from tests.simulation.scheduler import Killed, Scheduler
from tests.simulation.workload import Ask

_PATIENCE = 6


@dataclass(frozen=True)
class Client:
    """Gives one command after the other, each to a process that may be killed over it."""

    scheduler: Scheduler
    notes: Notes
    asks: Sequence[Ask]
    clock: Callable[[], datetime]
    history: list[Moment]

    def live(self) -> None:
        """Ask everything."""
        for ask in self.asks:
            self.history.append(Moment(ask.key, ask.customer))
            self.history.append(self._until_answered(ask))
            if ask.rests:
                self.scheduler.rest(ask.rests - 1)

    def _until_answered(self, ask: Ask) -> Moment:
        worst = Ended.FAIL
        for _ in range(_PATIENCE):
            try:
                done = self._give(ask)
                return Moment(ask.key, ask.customer, Ended.OK, done.position)
            except DomainError:
                return Moment(ask.key, ask.customer, Ended.FAIL)
            except Conflict:
                self.scheduler.rest()
            except OperationalError:
                worst = Ended.UNKNOWN
                self.scheduler.rest()
            except Killed:
                worst = Ended.UNKNOWN
                self.scheduler.survive()
                self.scheduler.rest()
        return Moment(ask.key, ask.customer, worst)

    def _give(self, ask: Ask) -> CommandResult:
        """Give a command. Another client may read the same version meanwhile; times are those of the clock at hand."""
        now = self.clock()
        command_context = context(ask.key, recorded_at=now, occurred_at=now)
        note_id = context(ask.note).new_id("note")
        match ask.verb:
            case "write":
                command = WriteNote(customer_id=ask.customer, text=ask.text)
                return self.notes.execute(command, command_context)
            case "edit":
                return self.notes.execute(EditNote(note_id=note_id, text=ask.text), command_context)
        return self.notes.execute(CloseNote(note_id=note_id), command_context)

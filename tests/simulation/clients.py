"""Clients who want an answer: who gets none asks again with the same key, and at last gives up, not knowing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import OperationalError

from crm_eventlog.aggregate import Refused
from crm_eventlog.application import Done
from crm_eventlog.store import Conflict
from shared.eventlog.tests.notes import CloseNote, EditNote, Notes, WriteNote, said
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
            except Refused:
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

    def _give(self, ask: Ask) -> Done:
        """Another client may read the same version meanwhile; times are those of the clock that is at hand."""
        now = self.clock()
        circumstances = said(ask.key, recorded_at=now, occurred_at=now)
        note_id = said(ask.note).new_id("note")
        match ask.verb:
            case "write":
                command = WriteNote(customer_id=ask.customer, text=ask.text)
                return self.notes.perform(self.notes.write_note, command, circumstances)
            case "edit":
                return self.notes.perform(self.notes.edit_note, EditNote(note_id=note_id, text=ask.text), circumstances)
        return self.notes.perform(self.notes.close_note, CloseNote(note_id=note_id), circumstances)

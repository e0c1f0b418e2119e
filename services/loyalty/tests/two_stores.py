"""Two stores of loyalty that work at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

from crm_chassis.testing import command_context
from crm_eventlog.aggregate import Aggregate, DomainError
from crm_eventlog.application import Application, CommandResult
from crm_eventlog.command import Command
from crm_eventlog.command_context import CommandContext
from crm_loyalty.points.points_account import PointsAccount, account_id

MS_CHEN = UUID(int=7)


class TwoStores(Application):
    """Two stores; commands whose ids are in `meeting` are all decided before one of them is recorded."""

    meeting: frozenset[str] = frozenset()

    def save(self, *aggregates: Aggregate, context: CommandContext) -> CommandResult:
        if context.command_id in self.meeting:
            self.meeting -= {context.command_id}
            self.met.wait(timeout=10)
        return super().save(*aggregates, context=context)

    def at_once(self, *asked: tuple[Command, str]) -> list[type[DomainError] | None]:
        """Ask these commands at the same moment, each in its unit; return the error of each, in order."""
        self.meeting, self.met = frozenset(unit for _, unit in asked), Barrier(len(asked))
        with ThreadPoolExecutor() as stores:
            return list(stores.map(lambda ask: self.refusal(ask[0], unit=ask[1], command_id=ask[1]), asked))

    def refusal(self, command: Command, **circumstances: object) -> type[DomainError] | None:
        """Return the error that refuses a command, or None."""
        try:
            self.execute(command, command_context(**circumstances))
        except DomainError as refused:
            return type(refused)
        return None

    def account(self) -> PointsAccount:
        """Return Ms Chen's account as it was stored."""
        return self.load(PointsAccount, account_id(MS_CHEN))

"""The registration of customers in batches that may be sent again at any time."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from crm_cli.client import CrmClient, Refusal, Touchpoint, Unreachable, WaitTimedOut
from crm_cli.errors import CliError
from crm_cli.import_customers.checking import Candidate
from crm_cli.import_customers.rejects import Reason, RejectsFile
from crm_contacts.customers import RegisterCustomers

_IDS_AT_ONCE = 200
PAUSES = (1.0, 2.0, 4.0, 8.0)
_ABOUT_CONTENT = (409, 413, 422)
_FIRST_LOOK, _CARDS_WITHIN = 0.02, 120.0


class ImportInterrupted(CliError):
    """An import in the middle of which contacts stopped answering."""


@dataclass
class Counts:
    """The counts of rows so far; `acceptable` rows would be registered, were it not a trial."""

    read: int = 0
    acceptable: int = 0
    registered: int = 0
    known: int = 0
    rejected: int = 0


class BatchSender:
    """A sender of batches, each in one command whose key follows from its content; it hands back rejected rows.

    A command does not tell how many of its rows were new. The cards do: who is registered by this import was
    registered at `at`. A batch is counted while the next one is on its way.
    """

    def __init__(
        self, client: CrmClient, by: Touchpoint, counts: Counts, rejects: RejectsFile, *, at: datetime
    ) -> None:
        self._client, self._by, self._counts, self._rejects, self._at = client, by, counts, rejects, at
        self._uncounted: list[UUID] = []
        self._asked_again = False

    async def send(self, batch: Sequence[Candidate]) -> None:
        """Register those of the batch who are not registered yet, in one transaction."""
        if not batch:
            return
        command = RegisterCustomers(customers=tuple(each.customer for each in batch))
        try:
            answer = await self._patiently(partial(self._ask, command))
        except Refusal as refusal:
            await self._send_without_refused(batch, refusal)
            return
        before, self._uncounted = self._uncounted, []
        if not answer["position"] or (answer["repeated"] and not self._asked_again):
            self._counts.known += len(batch)
        else:
            self._uncounted = [each.customer.customer_id for each in batch]
        await self._count(before)

    async def finish(self) -> None:
        """Count the last batch."""
        await self._count(self._uncounted)

    async def unknown(self, batch: Sequence[Candidate]) -> list[Candidate]:
        """Return the customers without a card, and count the others as known."""
        known = await self._registered_at([each.customer.customer_id for each in batch])
        self._counts.known += len(known)
        return [each for each in batch if each.customer.customer_id not in known]

    async def _count(self, ids: Sequence[UUID]) -> None:
        """Wait until all of them have a card, and count them."""
        pause = _FIRST_LOOK
        try:
            async with asyncio.timeout(_CARDS_WITHIN):
                while len(registered := await self._registered_at(ids)) < len(ids):
                    await asyncio.sleep(pause)
                    pause = min(2 * pause, 1.0)
        except TimeoutError:
            raise WaitTimedOut(
                f"contacts does not show the last {len(ids)} customers it registered: `crm lag` shows what waits. "
                "Then import the same file again"
            ) from None
        ours = sum(at == self._at for at in registered.values())
        self._counts.registered += ours
        self._counts.known += len(ids) - ours

    async def _registered_at(self, ids: Sequence[UUID]) -> dict[UUID, datetime]:
        """Return customer -> time of registration, for those who have a card."""
        found: dict[UUID, datetime] = {}
        for begin in range(0, len(ids), _IDS_AT_ONCE):
            asked = [str(each) for each in ids[begin : begin + _IDS_AT_ONCE]]
            cards = await self._patiently(partial(self._client.read, "contacts", "/customers/by-ids", id=asked))
            found |= {UUID(card["customer_id"]): datetime.fromisoformat(card["registered_at"]) for card in cards}
        return found

    async def _send_without_refused(self, batch: Sequence[Candidate], refusal: Refusal) -> None:
        """Hand back the rows that the refusal names; where it names none, find them by halves."""
        named = _reasons_by_row(refusal, batch)
        for number, reasons in named.items():
            row = batch[number].row
            self._rejects.add(row.line, row.values, reasons)
            self._counts.rejected += 1
        rest = [each for number, each in enumerate(batch) if number not in named]
        middle = 0 if named else len(rest) // 2
        await self.send(rest[:middle])
        await self.send(rest[middle:])

    async def _ask(self, command: RegisterCustomers) -> dict[str, Any]:
        body, key = command.model_dump(mode="json"), f"import-{command.fingerprint()}"
        return await self._client.ask("contacts", "register-customers", body, by=self._by, at=self._at, key=key)

    async def _patiently(self, ask: Callable[[], Awaitable[Any]]) -> Any:
        """Return the answer; repeat the request, which is idempotent, while contacts is silent or overwhelmed."""
        for pause in PAUSES:
            try:
                return await ask()
            except Unreachable:
                self._asked_again = True
            except Refusal as refusal:
                if not _passes(refusal):
                    raise
                self._asked_again = True
            await asyncio.sleep(pause)
        try:
            return await ask()
        except Unreachable as trouble:
            raise ImportInterrupted(
                f"{trouble}. At least {self._counts.registered} customers were registered: import the same file again, "
                "they will be known"
            ) from trouble


def _passes(refusal: Refusal) -> bool:
    """Tell whether the same request may succeed a moment later."""
    return refusal.status >= 500 or str(refusal.problem.get("type")).endswith(":conflict")


def _reasons_by_row(refusal: Refusal, batch: Sequence[Candidate]) -> dict[int, list[Reason]]:
    """Return number of the row in the batch -> reasons; raise a refusal again that is not about the rows."""
    errors = refusal.problem.get("errors") or []
    named: dict[int, list[Reason]] = {}
    for error in errors:
        if found := re.match(r"customers\.(\d+)", error["field"]):
            named.setdefault(int(found[1]), []).append(Reason.of_violation(error, inside=found[0]))
    if named:
        return named
    if refusal.status not in _ABOUT_CONTENT or any(error["field"][:1].isupper() for error in errors):
        raise refusal
    if len(batch) > 1:
        return {}
    general = [Reason.of_violation(error, inside="customers") for error in errors]
    return {
        0: general or [Reason("row", "", str(refusal.problem.get("title", "")), str(refusal.problem.get("detail", "")))]
    }

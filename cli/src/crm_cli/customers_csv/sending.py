"""Customers on their way to contacts, in batches that may be sent again at any time."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from crm_cli.calling import Callers, Refusal, Touchpoint, Unreachable
from crm_cli.customers_csv.checking import Candidate
from crm_cli.customers_csv.rejects import Reason, RejectsFile
from crm_cli.leaving import CannotBeDone
from crm_contacts.commands import RegisterCustomers

_IDS_AT_ONCE = 200
_PAUSES = (1.0, 2.0, 4.0, 8.0)
_ABOUT_CONTENT = (409, 413, 422)


class ImportInterrupted(CannotBeDone):
    """Contacts stopped answering in the middle of a file."""


@dataclass
class Counts:
    """What became of the rows so far; `acceptable` would be registered, were it not a trial."""

    read: int = 0
    acceptable: int = 0
    registered: int = 0
    known: int = 0
    rejected: int = 0


class Sending:
    """Registers who is new, a batch in one command whose key follows from its content; hands back who is refused."""

    def __init__(self, callers: Callers, by: Touchpoint, counts: Counts, rejects: RejectsFile) -> None:
        self._callers, self._by, self._counts, self._rejects = callers, by, counts, rejects

    async def send(self, batch: Sequence[Candidate]) -> None:
        """Register those of the batch whom contacts does not know."""
        await self._register(await self.unknown(batch))

    async def unknown(self, batch: Sequence[Candidate]) -> list[Candidate]:
        """Those who have no card; the others are counted as known."""
        ids = [each.customer.customer_id for each in batch]
        known: set[UUID] = set()
        for begin in range(0, len(ids), _IDS_AT_ONCE):
            asked = [str(each) for each in ids[begin : begin + _IDS_AT_ONCE]]
            cards = await self._patiently(lambda asked=asked: self._callers.read("contacts", _CARDS, id=asked))
            known |= {UUID(card["customer_id"]) for card in cards}
        self._counts.known += len(known)
        return [each for each in batch if each.customer.customer_id not in known]

    async def _register(self, batch: Sequence[Candidate]) -> None:
        if not batch:
            return
        command = RegisterCustomers(customers=tuple(each.customer for each in batch))
        try:
            answer = await self._patiently(lambda: self._ask(command))
        except Refusal as refusal:
            await self._register_without_refused(batch, refusal)
            return
        # A repeated command, and one that made nothing new true, were about customers who have no card yet.
        if answer["repeated"] or not answer["position"]:
            self._counts.known += len(batch)
        else:
            self._counts.registered += len(batch)

    async def _register_without_refused(self, batch: Sequence[Candidate], refusal: Refusal) -> None:
        """Hand back the rows the refusal names; where it names none, look for them by halves."""
        named = _reasons_by_row(refusal, batch)
        for number, reasons in named.items():
            row = batch[number].row
            self._rejects.add(row.line, row.values, reasons)
            self._counts.rejected += 1
        rest = [each for number, each in enumerate(batch) if number not in named]
        middle = 0 if named else len(rest) // 2
        await self._register(rest[:middle])
        await self._register(rest[middle:])

    async def _ask(self, command: RegisterCustomers) -> dict[str, Any]:
        key = f"import-{command.fingerprint()}"
        return await self._callers.ask(
            "contacts", "register-customers", command.model_dump(mode="json"), by=self._by, key=key
        )

    async def _patiently(self, ask: Any) -> Any:
        """The answer, asking again while contacts is silent or overwhelmed: nothing is done twice by that."""
        for pause in _PAUSES:
            try:
                return await ask()
            except Unreachable:
                await asyncio.sleep(pause)
            except Refusal as refusal:
                if not _passes(refusal):
                    raise
                await asyncio.sleep(pause)
        try:
            return await ask()
        except Unreachable as trouble:
            raise ImportInterrupted(
                f"{trouble}. {self._counts.registered} customers were registered: import the same file again, "
                "they will be known"
            ) from trouble


_CARDS = "/customers/by-ids"


def _passes(refusal: Refusal) -> bool:
    """Whether the same request may be answered a moment later."""
    return refusal.status >= 500 or str(refusal.problem.get("type", "")).endswith(":conflict")


def _reasons_by_row(refusal: Refusal, batch: Sequence[Candidate]) -> dict[int, list[Reason]]:
    """Number of the row in the batch -> why it was refused; what is not about the rows is raised again."""
    errors = refusal.problem.get("errors") or []
    named: dict[int, list[Reason]] = {}
    for error in errors:
        if found := re.match(r"customers\.(\d+)", error["field"]):
            named.setdefault(int(found[1]), []).append(Reason.told(error, inside=found[0]))
    if named:
        return named
    if refusal.status not in _ABOUT_CONTENT or any(error["field"][:1].isupper() for error in errors):
        raise refusal
    if len(batch) > 1:
        return {}
    told = [Reason.told(error, inside="customers") for error in errors]
    return {
        0: told or [Reason("row", "", str(refusal.problem.get("title", "")), str(refusal.problem.get("detail", "")))]
    }

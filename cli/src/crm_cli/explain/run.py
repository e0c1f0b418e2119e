"""The explanation of a number by its events, each with its cause and its position in the store."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, select

from crm_chassis.breakdown import Breakdown, Entry
from crm_chassis.clock import now
from crm_cli.data_folder import DataFolder
from crm_cli.errors import CliError
from crm_cli.stores import report_damage, stores_at
from crm_eventlog.envelope import context_of
from crm_eventlog.store import StoredFact
from crm_eventlog.store.engine import reading
from crm_eventlog.tables import events
from crm_loyalty.points import balance_of
from crm_sales.orders.explanation import receivable_of

_FACT = [events.c[name] for name in StoredFact._fields]
_AT_ONCE = 500
_NEVER = datetime.min.replace(tzinfo=UTC)


class NothingToExplain(CliError):
    """A member or an order that does not exist."""


class Contribution(NamedTuple):
    """An event behind a number: its amount, its reason and its position; `caused_by` is the event that led to it."""

    event_id: UUID
    position: str
    happened_at: datetime
    recorded_at: datetime
    amount: Decimal
    because: str
    caused_by: str | None
    by: str
    at: str


@dataclass(frozen=True)
class Explanation:
    """A number as a read model shows it, and the events behind it, the oldest first."""

    about: Mapping[str, Any]
    number: Decimal
    events: Sequence[Contribution]

    @property
    def sum(self) -> Decimal:
        """Return the sum of the events."""
        return sum((each.amount for each in self.events), Decimal(0))

    @property
    def adds_up(self) -> bool:
        """Tell whether the events account for the number, and each of them is in the store."""
        return self.sum == self.number and all(each.position for each in self.events)


def explain_balance(data_folder: DataFolder, whose: str, *, on: date | None, language: str) -> Explanation:
    """Explain a member's points on a day, or today; `whose` is a member's, a customer's or a card's number."""
    with _reading(data_folder, "loyalty") as db:
        found = balance_of(db, whose, on=on, now=now(), language=language)
        if found is None:
            raise NothingToExplain(
                f"loyalty knows no member {whose}: name a member or customer by id, or a card's number"
            )
        return _located(db, found)


def explain_receivable(data_folder: DataFolder, order_id: UUID, *, language: str) -> Explanation:
    """Explain the amount still to be paid of an order."""
    with _reading(data_folder, "sales") as db:
        found = receivable_of(db, order_id, language=language)
        if found is None:
            raise NothingToExplain(f"sales knows no order {order_id}")
        return _located(db, found)


@contextmanager
def _reading(data_folder: DataFolder, service: str) -> Iterator[Connection]:
    with stores_at(data_folder) as stores, report_damage(), reading(stores[service].engine) as db:
        yield db


def _located(db: Connection, found: Breakdown) -> Explanation:
    """Return the explanation with each entry's fact in the store."""
    facts: dict[UUID, StoredFact] = {}
    for begin in range(0, len(found.entries), _AT_ONCE):
        ids = [each.event_id for each in found.entries[begin : begin + _AT_ONCE]]
        rows = db.execute(select(*_FACT).where(events.c.event_id.in_(ids)))
        facts |= {fact.event_id: fact for fact in (StoredFact(*row) for row in rows)}
    contributions = [_contribution(each, facts.get(each.event_id)) for each in found.entries]
    return Explanation(found.about, found.number, contributions)


def _contribution(entry: Entry, fact: StoredFact | None) -> Contribution:
    if fact is None:
        # It has no position, and is not to be believed.
        return Contribution(entry.event_id, "", _NEVER, _NEVER, entry.amount, entry.because, None, "", "")
    context = context_of(fact)
    return Contribution(
        event_id=fact.event_id,
        position=f"{fact.part}:{fact.pos}",
        happened_at=context.occurred_at,
        recorded_at=fact.recorded_at,
        amount=entry.amount,
        because=entry.because,
        caused_by=context.causation_id,
        by=context.actor,
        at=context.unit,
    )

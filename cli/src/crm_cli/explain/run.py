"""The explanation of a number by its events, each with its cause and its position in the store."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Row, select

from crm_cli.data_folder import DataFolder
from crm_cli.errors import CliError
from crm_cli.stores import report_damage, stores_at
from crm_eventlog.envelope import context_of
from crm_eventlog.store import StoredFact
from crm_eventlog.store.engine import reading
from crm_eventlog.tables import events
from crm_loyalty.handlers import day_of, end_of
from crm_loyalty.read_models import balance, cards, explanation, members
from crm_loyalty.wording import because
from crm_sales.read_models import receivables

_FACT = [events.c[name] for name in StoredFact._fields]
_PAGE = 500
_ENTRIES = {
    receivables.ORDERED: ("ordered", "订购"),
    receivables.PAID: ("paid", "付款"),
    receivables.REFUNDED: ("refund for returned goods", "退货退款"),
    receivables.PAID_BACK: ("paid back to the customer", "退还客户"),
}


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


class _Amount(NamedTuple):
    """The amount of an event, and its reason."""

    event_id: UUID
    amount: Decimal
    because: str


def explain_balance(data_folder: DataFolder, whose: str, *, on: date | None, language: str) -> Explanation:
    """Explain a member's points on a day, or today; `whose` is a member's, a customer's or a card's number."""
    now = datetime.now(UTC)
    on = on or day_of(now)
    until = end_of(on, now)
    with _reading(data_folder, "loyalty") as db:
        member = _member(db, whose)
        points = balance.totals(db, member.customer_id, on=on, until=until)
        moved = [
            _Amount(row.event_id, Decimal(row.points), because(row, language))
            for row in _movements(db, member.customer_id, until)
        ]
        about = {"customer_id": member.customer_id, "member_id": member.member_id, "on": on, **points._asdict()}
        return Explanation(about, Decimal(points.available + points.lapsed), _contributions(db, moved))


def explain_receivable(data_folder: DataFolder, order_id: UUID, *, language: str) -> Explanation:
    """Explain the amount still to be paid of an order."""
    with _reading(data_folder, "sales") as db:
        table = receivables.receivables
        account = db.execute(select(table).where(table.c.order_id == order_id)).one_or_none()
        if account is None:
            raise NothingToExplain(f"sales knows no order {order_id}")
        unit = Decimal(10) ** -account.decimals
        entered = [
            _Amount(row.event_id, row.amount * unit, _ENTRIES[row.kind][language == "zh"])
            for row in receivables.entries_of(db, [order_id]).get(order_id, [])
        ]
        about = {"order_id": order_id, "customer_id": account.customer_id, "currency": account.currency}
        return Explanation(about, account.outstanding * unit, _contributions(db, entered))


@contextmanager
def _reading(data_folder: DataFolder, service: str) -> Iterator[Connection]:
    with stores_at(data_folder) as stores, report_damage(), reading(stores[service].engine) as db:
        yield db


def _member(db: Connection, whose: str) -> Row[Any]:
    """Return the member with this id, of the customer with this id, or with a card of this number."""
    try:
        found = members.one(db, UUID(whose)) or members.of_customer(db, UUID(whose))
    except ValueError:
        card = cards.by_number(db, "".join(whose.split()).replace("-", "").upper())
        found = None if card is None else members.one(db, card.member_id)
    if found is None:
        raise NothingToExplain(f"loyalty knows no member {whose}: name a member or customer by id, or a card's number")
    return found


def _movements(db: Connection, customer_id: UUID, until: datetime) -> list[Row[Any]]:
    """Return all movements of points, the oldest first."""
    found: list[Row[Any]] = []
    after = None
    while page := explanation.of_customer(db, customer_id, until=until, after=after, limit=_PAGE):
        found.extend(page)
        after = (page[-1].happened_at, page[-1].sequence)
    return found[::-1]


def _contributions(db: Connection, amounts: Sequence[_Amount]) -> list[Contribution]:
    """Return each amount with its fact in the store; one without a fact has no position, and is not to be believed."""
    facts: dict[UUID, StoredFact] = {}
    for begin in range(0, len(amounts), _PAGE):
        ids = [each.event_id for each in amounts[begin : begin + _PAGE]]
        rows = db.execute(select(*_FACT).where(events.c.event_id.in_(ids)))
        facts |= {fact.event_id: fact for fact in (StoredFact(*row) for row in rows)}
    return [_placed(each, facts.get(each.event_id)) for each in amounts]


def _placed(amount: _Amount, fact: StoredFact | None) -> Contribution:
    if fact is None:
        nowhen = datetime.min.replace(tzinfo=UTC)
        return Contribution(amount.event_id, "", nowhen, nowhen, amount.amount, amount.because, None, "", "")
    said = context_of(fact)
    return Contribution(
        event_id=fact.event_id,
        position=f"{fact.part}:{fact.pos}",
        happened_at=said.occurred_at,
        recorded_at=fact.recorded_at,
        amount=amount.amount,
        because=amount.because,
        caused_by=said.causation_id,
        by=said.actor,
        at=said.unit,
    )

"""What people see of sales."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Table, select

from crm_chassis.testing import NOON, database, heard
from crm_eventlog.envelope import CloudEvent
from crm_events import sales as said
from crm_events.values import Channel, Money
from crm_sales.read_models import funnel, leads_of_salesperson, orders_of_customer, receivables

MS_CHEN, MR_WU = UUID(int=7), UUID(int=8)
LEAD = {"customer_id": MS_CHEN, "lead_id": UUID(int=1)}
PHONE = {"customer_id": MS_CHEN, "opportunity_id": UUID(int=2)}
ORDER = {"customer_id": MS_CHEN, "order_id": UUID(int=3)}
MODULES = (leads_of_salesperson, funnel, orders_of_customer, receivables)
STAGES = ("interest", "need", "offer")


def yuan(amount: str) -> Money:
    return Money(amount=amount, currency="CNY")


def at(hours: int, event: said.CustomerEvent) -> CloudEvent:
    """This event, so many hours after noon."""
    named = [getattr(event, name, None) for name in ("order_id", "opportunity_id", "lead_id")]
    # An opportunity is won in its own stream, and a lead is converted in the lead's.
    own = {"OpportunityWon": named[1], "LeadConverted": named[2], "OpportunityOpened": named[1]}
    subject = own.get(type(event).__name__) or next(name for name in named if name)
    return heard(event, time=NOON + timedelta(hours=hours), subject=subject, sequence=hours + 1)


CAPTURED = at(0, said.LeadCaptured(**LEAD, source="web", keyword="手机", campaign_code="CM-1", interest="X2 phone"))
ASSIGNED = at(1, said.LeadAssigned(**LEAD, salesperson="xu.wei", rule="by_source/2026-1"))
OPENED = at(
    2,
    said.OpportunityOpened(
        **PHONE,
        lead_id=UUID(int=1),
        title="X2 phone",
        expected=yuan("5099.00"),
        stage="interest",
    ),
)
CONVERTED = at(3, said.LeadConverted(**LEAD, opportunity_id=UUID(int=2)))
MOVED = at(4, said.OpportunityMoved(**PHONE, before="interest", after="offer", why="asked for the price"))
PLACED = at(
    5,
    said.OrderPlaced(
        **ORDER,
        lines=(
            said.OrderLine(
                line=1, sku="X2", name="X2 手机", quantity=1, unit_price=yuan("4999.00"), total=yuan("4999.00")
            ),
            said.OrderLine(line=2, sku="CASE", name="壳", quantity=3, unit_price=yuan("39.00"), total=yuan("100.00")),
        ),
        total=yuan("5099.00"),
        unit="tianhe",
        channel=Channel.STORE,
        opportunity_id=UUID(int=2),
        campaign_code="CM-1",
    ),
)
WON = at(6, said.OpportunityWon(**PHONE, order_id=UUID(int=3)))
PAID = at(
    7,
    said.PaymentTaken(
        **ORDER,
        payment_id=UUID(int=4),
        amount=yuan("5050.00"),
        means=said.PaymentMeans.CARD,
        outstanding=yuan("49.00"),
    ),
)
RETURNED = at(8, said.OrderReturned(
    **ORDER, return_id=UUID(int=5), lines=(said.ReturnedLine(line=2, sku="CASE", quantity=2, refund=yuan("66.66")),),
    refund=yuan("66.66"), whole=False, order_total=yuan("5099.00"), reason="wrong colour",
))  # fmt: skip
STORY = (CAPTURED, ASSIGNED, OPENED, CONVERTED, MOVED, PLACED, WON, PAID, RETURNED)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.needs_postgres)])
def db(request: pytest.FixtureRequest) -> Iterator[Connection]:
    """A database with sales' own tables; nothing has been taken in."""
    url = "sqlite://"
    if request.param == "postgresql":
        url = request.getfixturevalue("fresh_database")().replace("postgresql://", "postgresql+psycopg://")
    with database(*tables(), url=url) as connection:
        yield connection


def tables() -> list[Table]:
    return [table for module in MODULES for table in module.READ_MODEL.tables]


def project(db: Connection, events: Sequence[CloudEvent]) -> None:
    for module in MODULES:
        module.project(events, db)


def opened(number: int, stage: str, expected: Money, state: type[said.CustomerEvent] | None = None) -> list[CloudEvent]:
    """An opportunity of its own number that stands in a stage, or was won or lost there."""
    of_it = {"customer_id": MR_WU, "opportunity_id": UUID(int=number)}
    ends = {"order_id": UUID(int=number + 1)} if state is said.OpportunityWon else {"stage": stage, "reason": "price"}
    first = at(0, said.OpportunityOpened(**of_it, title="A phone", expected=expected, stage=stage))
    return [first, *([at(1, state(**of_it, **ends))] if state else [])]


def leads(db: Connection, salesperson: str, *, unconverted: bool = False) -> list[Any]:
    found = leads_of_salesperson.of_salesperson(db, salesperson, unconverted=unconverted, after=None, limit=9)
    return [row.lead_id for row in found]


def test_a_lead_is_seen_by_whoever_has_it_now(db: Connection) -> None:
    project(db, [CAPTURED, ASSIGNED])
    before = leads(db, "xu.wei")

    project(db, [at(9, said.LeadAssigned(**LEAD, salesperson="li.na", rule="by_hand"))])

    assert (before, leads(db, "xu.wei"), leads(db, "li.na")) == ([UUID(int=1)], [], [UUID(int=1)])


def test_a_converted_lead_shows_its_opportunity_and_is_no_longer_waiting(db: Connection) -> None:
    project(db, STORY)

    (lead,) = leads_of_salesperson.of_salesperson(db, "xu.wei", unconverted=False, after=None, limit=9)

    assert lead.opportunity_id == UUID(int=2)
    assert leads(db, "xu.wei", unconverted=True) == []


@pytest.mark.feature("S26")
def test_the_funnel_counts_what_stands_in_each_stage_and_predicts_what_goes_on(db: Connection) -> None:
    project(db, [OPENED, MOVED])
    project(db, opened(20, "interest", yuan("3000.01")))
    project(db, opened(30, "interest", Money(amount="5000", currency="JPY")))
    project(db, opened(40, "offer", yuan("1.00"), said.OpportunityWon))
    project(db, opened(50, "offer", yuan("1.00"), said.OpportunityLost))

    interest, need, offer = funnel.by_stage(db, STAGES)

    assert (interest.open, interest.entered, interest.advanced, interest.conversion) == (2, 3, 1, 0.3333)
    assert interest.expected == (yuan("3000.01"), Money(amount="5000", currency="JPY"))
    assert interest.likely_to_advance == (yuan("1000.00"), Money(amount="1666", currency="JPY"))
    assert (need.open, need.entered, need.conversion, need.likely_to_advance) == (0, 0, None, ())
    assert (offer.open, offer.expected, offer.entered, offer.advanced) == (1, (yuan("5099.00"),), 3, 1)
    assert funnel.closed(db) == {"won": 1, "lost": 1}


def test_going_backwards_is_no_advance_and_coming_again_counts_once(db: Connection) -> None:
    back = at(5, said.OpportunityMoved(**PHONE, before="offer", after="interest", why="wants another model"))
    again = at(6, said.OpportunityMoved(**PHONE, before="interest", after="offer", why="asked again"))

    project(db, [OPENED, MOVED, back, again])

    interest, _, offer = funnel.by_stage(db, STAGES)
    assert (interest.open, interest.entered, interest.advanced) == (0, 1, 1)
    assert (offer.open, offer.entered, offer.advanced) == (1, 1, 0)


def test_a_stage_that_left_the_list_is_shown_while_something_stands_in_it(db: Connection) -> None:
    project(db, opened(20, "dreaming", yuan("1.00")))

    assert [figures.stage for figures in funnel.by_stage(db, STAGES)] == [*STAGES, "dreaming"]


def test_an_opportunity_shows_every_move_up_to_its_end(db: Connection) -> None:
    project(db, STORY)

    moves = [(move.before, move.after, move.why) for move in funnel.moves_of(db, UUID(int=2))]

    assert moves == [(None, "interest", None), ("interest", "offer", "asked for the price"), ("offer", "won", None)]
    assert funnel.one(db, UUID(int=2)).order_id == UUID(int=3)


def test_an_order_shows_what_was_paid_and_what_came_back_piece_by_piece(db: Connection) -> None:
    last = said.ReturnedLine(line=2, sku="CASE", quantity=1, refund=yuan("33.34"))
    again = RETURNED.data.model_copy(update={"return_id": UUID(int=6), "lines": (last,), "refund": last.refund})

    project(db, [*STORY, at(9, again)])

    order = orders_of_customer.one(db, UUID(int=3))
    lines = orders_of_customer.lines_of(db, [UUID(int=3)])[UUID(int=3)]

    assert (order.total, order.paid, order.refunded, order.decimals) == (509900, 505000, 10000, 2)
    assert [(line.sku, line.quantity, line.returned, line.refunded) for line in lines] == [
        ("X2", 1, 0, 0),
        ("CASE", 3, 3, 10000),
    ]


def test_a_receivable_is_the_sum_of_its_entries(db: Connection) -> None:
    project(db, STORY)

    (account,) = receivables.of_customer(db, MS_CHEN, after=None, limit=9)
    entries = receivables.entries_of(db, [account.order_id])[account.order_id]

    assert [(entry.kind, entry.amount) for entry in entries] == [
        ("ordered", 509900),
        ("paid", -505000),
        ("refunded", -6666),
        ("paid_back", 1766),
    ]
    assert sum(entry.amount for entry in entries) == account.outstanding == 0


def test_what_a_customer_owes_is_kept_apart_by_currency_and_the_largest_debt_comes_first(db: Connection) -> None:
    project(db, [PLACED, debt(60, MS_CHEN, yuan("1.50")), debt(70, MR_WU, yuan("9000.00"))])
    project(db, [debt(80, MS_CHEN, Money(amount="5000", currency="JPY"))])

    owed = receivables.by_customer(db, None, after=None, limit=9)
    hers = receivables.totals_of_customer(db, MS_CHEN)

    assert [(row.customer_id, row.currency, row.outstanding, row.orders) for row in owed] == [
        (MR_WU, "CNY", 900000, 1),
        (MS_CHEN, "CNY", 510050, 2),
        (MS_CHEN, "JPY", 5000, 1),
    ]
    assert sorted((row.currency, row.outstanding) for row in hers) == [("CNY", 510050), ("JPY", 5000)]
    assert [row.currency for row in receivables.by_customer(db, "JPY", after=None, limit=9)] == ["JPY"]


def test_pages_of_debts_go_on_where_the_last_one_ended(db: Connection) -> None:
    project(db, [debt(10 * number, UUID(int=number), yuan("5.00")) for number in range(4, 9)])
    project(db, [debt(100, UUID(int=9), Money(amount="5000", currency="JPY"))])

    seen, after = [], None
    while page := receivables.by_customer(db, None, after=after, limit=2):
        seen += [row.customer_id.int for row in page]
        after = (page[-1].currency, page[-1].outstanding, page[-1].customer_id)

    assert seen == [4, 5, 6, 7, 8, 9]


@pytest.mark.parametrize("order_is_paid", [True, False])
def test_whoever_owes_nothing_is_no_debtor(db: Connection, order_is_paid: bool) -> None:
    rest = at(9, said.PaymentTaken(
        **ORDER, payment_id=UUID(int=6), amount=yuan("49.00"), means=said.PaymentMeans.CASH, outstanding=yuan("0.00"),
    ))  # fmt: skip

    project(db, [PLACED, PAID, *([rest] if order_is_paid else [])])

    assert len(receivables.by_customer(db, None, after=None, limit=9)) == (0 if order_is_paid else 1)


def debt(number: int, customer_id: UUID, total: Money) -> CloudEvent:
    """An order of its own number, of which nothing is paid."""
    line = said.OrderLine(line=1, sku="A", name="A", quantity=1, unit_price=total, total=total)
    placed = said.OrderPlaced(
        customer_id=customer_id,
        order_id=UUID(int=number),
        lines=(line,),
        total=total,
        unit="tianhe",
        channel=Channel.STORE,
    )
    return at(number, placed)


@settings(deadline=None, max_examples=30)
@given(st.data())
def test_any_interleaving_of_customers_and_any_batches_give_the_same_rows(data: st.DataObject) -> None:
    """The order per customer holds on a topic; between customers and in the cut of batches there is none."""
    his = [for_mr_wu(event) for event in STORY]
    picks = data.draw(st.permutations([0] * len(STORY) + [1] * len(his)))
    streams = (iter(STORY), iter(his))
    mixed = [next(streams[pick]) for pick in picks]
    cuts = sorted(data.draw(st.sets(st.integers(1, len(mixed) - 1))))

    batches = [mixed[start:end] for start, end in zip([0, *cuts], [*cuts, len(mixed)], strict=True)]

    assert rows_after(batches) == rows_after([STORY, his])


def for_mr_wu(event: CloudEvent) -> CloudEvent:
    """The same thing, happening to another customer."""
    ids = {name: UUID(int=value.int + 1000) for name, value in event.data if isinstance(value, UUID)}
    data = event.data.model_copy(update={**ids, "customer_id": MR_WU})
    return heard(data, time=event.time, sequence=event.sequence, subject=UUID(int=event.subject.int + 1000))


def rows_after(batches: Sequence[Sequence[CloudEvent]]) -> list[set[Any]]:
    with database(*tables()) as connection:
        for batch in batches:
            project(connection, batch)
        return [set(connection.execute(select(table)).tuples()) for table in tables()]

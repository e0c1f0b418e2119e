"""Read models of sales, in whatever order it is heard and whatever database keeps it."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

import crm_history
from crm_chassis.testing import database, heard
from crm_chassis.testing.interleaving import interleavings, rows_after
from crm_eventlog.projection import ReadModel
from crm_events.sales import OpportunityOpened
from crm_events.values import Money
from crm_sales.amounts import decimals, minor, money
from crm_sales.domain.stages import STAGES as STAGE_LIST
from crm_sales.read_models import funnel, leads_of_salesperson, orders_of_customer, receivables
from crm_sales.service import SERVICE
from services.sales.tests.desk import Desk
from services.sales.tests.world import BY_MAIL, BY_PHONE, HIS, MS_CHEN, PHONE, SIGNED

MODELS = [module.READ_MODEL for module in (leads_of_salesperson, funnel, orders_of_customer, receivables)]
STAGES = [stage.code for stage in STAGE_LIST.stages]
HERS, ORDERS = UUID(MS_CHEN), [UUID(order_id) for order_id in (BY_PHONE, SIGNED, BY_MAIL, HIS)]


def test_sales_keeps_these_read_models_of_its_own_events_and_the_history_of_everybodys() -> None:
    assert [(model.name, model.version) for model in SERVICE.read_models[:4]] == [
        ("leads_of_salesperson", 1),
        ("funnel", 2),
        ("orders_of_customer", 1),
        ("receivables", 1),
    ]
    assert {model.topics for model in SERVICE.read_models[:4]} == {frozenset({"crm.sales.v1"})}
    assert SERVICE.read_models[4:] == (crm_history.READ_MODEL,)


@pytest.fixture
def postgresql(fresh_database: Callable[[], str]) -> Iterator[Connection]:
    """A PostgreSQL database that has sales' own tables; nothing has been taken in."""
    tables = [table for model in MODELS for table in model.tables]
    with database(*tables, url=fresh_database().replace("postgresql://", "postgresql+psycopg://")) as db:
        yield db


def walked(query: Callable[..., Any], key: Callable[[Any], Any]) -> list[Any]:
    """Walk through all pages of a query, two rows at a time."""
    rows, after = [], None
    while page := query(after=after, limit=2):
        rows += [tuple(row) for row in page]
        after = key(page[-1])
    return rows


def everything(db: Connection) -> Any:
    """Ask every query of every read model, first pages and later ones."""
    by_time = [
        walked(partial(model.of_customer, db, HERS), lambda row: (row.ordered_at, row.order_id))
        for model in (orders_of_customer, receivables)
    ]
    leads = [
        walked(
            partial(leads_of_salesperson.of_salesperson, db, "zhou.lan", unconverted=only),
            lambda row: (row.captured_at, row.lead_id),
        )
        for only in (True, False)
    ]
    owed = walked(
        partial(receivables.by_customer, db, None),
        lambda row: (row.currency, row.outstanding, row.customer_id),
    )
    of_orders = (orders_of_customer.lines_of(db, ORDERS), receivables.entries_of(db, ORDERS))
    found = (funnel.one(db, UUID(PHONE)), funnel.moves_of(db, UUID(PHONE)), orders_of_customer.one(db, ORDERS[0]))
    sums = (
        funnel.by_stage(db, STAGES),
        funnel.closed(db),
        sorted(map(tuple, receivables.totals_of_customer(db, HERS))),
    )
    return by_time, leads, owed, of_orders, found, sums


def test_postgresql_shows_what_sqlite_shows(world: Desk, postgresql: Connection) -> None:
    for model in MODELS:
        model.project(world.heard, postgresql)

    with world.client.engine.connect() as sqlite:
        assert everything(postgresql) == everything(sqlite)
        assert funnel.closed(sqlite) == {"won": 2, "lost": 1}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
@settings(deadline=None, max_examples=10)
@given(data=st.data())
def test_any_interleaving_of_customers_and_any_batches_give_the_same_rows(
    world: Desk, model: ReadModel, data: st.DataObject
) -> None:
    """The order per customer holds on a topic; between customers and in the cut of batches there is none."""
    with world.client.engine.connect() as db:
        kept = {
            table.name: sorted((tuple(row) for row in db.execute(select(table))), key=repr) for table in model.tables
        }

    assert rows_after(model, data.draw(interleavings(world.heard))) == kept


def test_a_stage_that_left_the_list_is_shown_under_its_code_while_something_stands_in_it(sales: Desk) -> None:
    for number, stage in enumerate(("wishing", "dreaming"), start=1):
        sale = {"customer_id": HERS, "opportunity_id": UUID(int=number), "title": "A dream", "stage": stage}
        opened = OpportunityOpened(**sale, expected=Money(amount="1.00", currency="CNY"))
        sales.client.tell(heard(opened, subject=UUID(int=number)))

    stages = sales.shown("/funnel")["stages"]

    last = {
        "open": 1,
        "entered": 1,
        "advanced": 0,
        "conversion": 0.0,
        "expected": [{"amount": "1.00", "currency": "CNY"}],
    }
    assert [stage["stage"] for stage in stages[:5]] == STAGES
    assert [{name: stage[name] for name in ("stage", "name", *last)} for stage in stages[5:]] == [
        {"stage": "dreaming", "name": "dreaming", **last},
        {"stage": "wishing", "name": "wishing", **last},
    ]


def test_coming_again_to_a_stage_counts_once(sales: Desk) -> None:
    sale = {"customer_id": MS_CHEN, "title": "X2", "expected": {"amount": "9", "currency": "CNY"}}
    deal = {"opportunity_id": sales.asked("open-opportunity", sale)}
    for stage in ("offer", "interest", "offer", "agreement", "offer"):
        sales.asked("move-opportunity", {**deal, "stage": stage, "why": "thinks again"})
    for _ in range(2):
        sales.asked("open-opportunity", sale)

    stages = sales.shown("/funnel")["stages"]

    assert [(stage["open"], stage["entered"], stage["advanced"]) for stage in stages] == [
        (2, 3, 1),
        (0, 0, 0),
        (1, 1, 1),
        (0, 0, 0),
        (0, 1, 0),
    ]
    assert (stages[0]["conversion"], stages[0]["likely_to_advance"]) == (
        0.3333,
        [{"amount": "6.00", "currency": "CNY"}],
    )


@pytest.mark.parametrize(
    ("amount", "currency", "kept"),
    [
        ("4999.00", "CNY", (499900, 2)),
        ("-0.05", "CNY", (-5, 2)),
        ("5000", "JPY", (5000, 0)),
        ("1.500", "KWD", (1500, 3)),
    ],
)
def test_an_amount_is_kept_in_whole_minor_units_and_shown_as_it_was_said(
    amount: str, currency: str, kept: tuple[int, int]
) -> None:
    said = Money(amount=amount, currency=currency)

    assert (minor(said), decimals(said)) == kept
    assert money(*kept, currency).model_dump_json() == said.model_dump_json()

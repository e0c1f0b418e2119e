"""Read models of sales, in whatever order it is heard and whatever database keeps it."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from crm_chassis.testing import database
from crm_chassis.testing.interleaving import interleavings, rows_after
from crm_eventlog.projection import ReadModel
from crm_sales.leads.read_models import leads_of_salesperson
from crm_sales.opportunities import STAGES
from crm_sales.opportunities.read_models import funnel
from crm_sales.orders.read_models import orders_of_customer, receivables
from services.sales.tests.desk import Desk
from services.sales.tests.world import BY_MAIL, BY_PHONE, HIS, MS_CHEN, PHONE, SIGNED

MODELS = [module.READ_MODEL for module in (leads_of_salesperson, funnel, orders_of_customer, receivables)]
CODES = [stage.code for stage in STAGES.stages]
HERS, ORDERS = UUID(MS_CHEN), [UUID(order_id) for order_id in (BY_PHONE, SIGNED, BY_MAIL, HIS)]


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
        funnel.by_stage(db, CODES),
        funnel.closed(db),
        sorted(map(tuple, receivables.totals_of_customer(db, HERS))),
    )
    return by_time, leads, owed, of_orders, found, sums


def test_postgresql_shows_what_sqlite_shows(world: Desk, postgresql: Connection) -> None:
    for model in MODELS:
        model.project(world.events, postgresql)

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

    assert rows_after(model, data.draw(interleavings(world.events))) == kept

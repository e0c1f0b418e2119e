"""Sales at work: its own relay, projector and reactor on a log."""

import asyncio
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Connection

from crm_chassis.runtime import ServiceRuntime
from crm_chassis.testing import at_noon, command_context
from crm_eventlog.command import Command
from crm_eventlog.consumer import PollingConsumer
from crm_eventlog.log.memory import MemoryLog
from crm_eventlog.ownership import open_ownership
from crm_eventlog.relay import Relay
from crm_kernel import Channel
from crm_sales.fields import Amount
from crm_sales.opportunities.commands import OpenOpportunity
from crm_sales.opportunities.read_models import funnel
from crm_sales.orders.commands import OrderedLine, PlaceOrder, TakePayment
from crm_sales.orders.read_models import receivables
from crm_sales.service import SERVICE
from crm_sales.settings import Settings

MS_CHEN, MR_WU = UUID(int=7), UUID(int=8)
PRICE = Amount(amount="4999", currency="CNY")


class Sales:
    """Sales with everything it runs on."""

    def __init__(self, directory: Path) -> None:
        log = MemoryLog(at_noon)
        settings = Settings(database_url=f"sqlite:///{directory}/sales.db", partitions=2)
        self.runtime = runtime = ServiceRuntime.open(SERVICE, settings, log, at_noon)
        runtime.migrate()
        asyncio.run(runtime.create_topics())
        self._relay = Relay(
            runtime.application.store,
            runtime.application.mapper,
            SERVICE.publish,
            log,
            open_ownership(runtime.engine),
            topic=SERVICE.topic,
        )
        self._readers = [
            PollingConsumer(runtime.reactor, log, [SERVICE.topic]),
            PollingConsumer(runtime.projector, log, [SERVICE.topic]),
        ]

    def ask(self, command: Command) -> UUID:
        application = self.runtime.application
        return application.execute(command, command_context()).id

    def settle(self) -> None:
        """Let everything follow that follows from what was asked."""
        asyncio.run(self._settle())

    def reading(self) -> Connection:
        return self.runtime.engine.connect()

    async def _settle(self) -> None:
        while await self._relay.step() or any([await reader.step() for reader in self._readers]):
            pass


@pytest.fixture
def sales(tmp_path: Path) -> Sales:
    """Sales with its parts; nothing has happened."""
    return Sales(tmp_path)


def opened(sales: Sales) -> UUID:
    return sales.ask(OpenOpportunity(customer_id=MS_CHEN, title="X2 phone", expected=PRICE))


def ordered(sales: Sales, opportunity_id: UUID | None = None) -> UUID:
    line = OrderedLine(sku="X2", name="X2 手机", unit_price=PRICE)
    return sales.ask(
        PlaceOrder(customer_id=MS_CHEN, lines=(line,), channel=Channel.STORE, opportunity_id=opportunity_id)
    )


def test_an_order_wins_its_opportunity_and_no_other(sales: Sales) -> None:
    meant, other = opened(sales), opened(sales)

    order_id = ordered(sales, opportunity_id=meant)
    sales.settle()

    with sales.reading() as db:
        assert (funnel.one(db, meant).state, funnel.one(db, meant).order_id) == ("won", order_id)
        assert funnel.one(db, other).state == "open"


def test_a_second_order_of_a_won_opportunity_is_an_order_and_nothing_more(sales: Sales) -> None:
    opportunity_id = opened(sales)
    first = ordered(sales, opportunity_id=opportunity_id)
    sales.settle()

    ordered(sales, opportunity_id=opportunity_id)
    sales.settle()

    with sales.reading() as db:
        assert funnel.one(db, opportunity_id).order_id == first
        assert [row.orders for row in receivables.by_customer(db, None, after=None, limit=9)] == [2]


@pytest.mark.parametrize("paid", ["0.01", "4999"])
def test_the_receivable_that_is_shown_is_the_one_the_order_decides_by(sales: Sales, paid: str) -> None:
    order_id = ordered(sales)
    means = "cash"
    sales.ask(TakePayment(order_id=order_id, amount=Amount(amount=paid, currency="CNY"), means=means))
    sales.settle()

    order = sales.runtime.application.repository.get(order_id)

    with sales.reading() as db:
        (account,) = receivables.of_customer(db, MS_CHEN, after=None, limit=9)
        assert account.outstanding == order.outstanding.amount * 100

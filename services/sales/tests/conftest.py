"""States that sales' tests begin with."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest

from crm_chassis.testing import client
from crm_kernel import Channel, Money
from crm_sales.leads.lead import Lead
from crm_sales.leads.rules import ASSIGNMENT
from crm_sales.opportunities.opportunity import Opportunity
from crm_sales.opportunities.rules import STAGES
from crm_sales.orders.order import Order
from crm_sales.orders.order_line import order_line
from crm_sales.service import SERVICE
from crm_sales.vocabulary import PaymentMeans
from services.sales.tests.desk import Desk
from services.sales.tests.world import tell

MS_CHEN = UUID(int=7)


def yuan(amount: str) -> Money:
    return Money.of(Decimal(amount), "CNY")


@pytest.fixture
def sales(tmp_path: Path) -> Iterator[Desk]:
    """Sales' web face on a fresh store; nothing has happened."""
    with client(SERVICE, tmp_path) as caller:
        yield Desk(caller)


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Everything that is told in `world.py`, taken in; it is only read."""
    with client(SERVICE, tmp_path_factory.mktemp("world")) as caller:
        desk = Desk(caller)
        tell(desk)
        yield desk


@pytest.fixture
def a_lead() -> Lead:
    """Ms Chen looked for a phone on the web, brought there by a campaign, and was given to a salesperson."""
    lead = Lead(
        lead_id=UUID(int=1),
        customer_id=MS_CHEN,
        source="web",
        interest="X2 phone",
        unit="website",
        keyword="X2 手机",
        campaign_code="CM-2026-048",
    )
    lead.assign_by(ASSIGNMENT)
    return lead


@pytest.fixture
def a_converted_lead(a_lead: Lead) -> Lead:
    """Her interest became an opportunity."""
    a_lead.convert(UUID(int=2))
    return a_lead


@pytest.fixture
def an_opportunity() -> Opportunity:
    """Ms Chen may buy a phone with a case."""
    return Opportunity.open(
        UUID(int=2),
        customer_id=MS_CHEN,
        title="X2 phone with case",
        expected=yuan("5098"),
        stage=None,
        stages=STAGES,
        salesperson="lin.mei",
        lead_id=UUID(int=1),
        campaign_code="CM-2026-048",
    )


@pytest.fixture
def a_won_opportunity(an_opportunity: Opportunity) -> Opportunity:
    """She bought it."""
    an_opportunity.win(UUID(int=3), ordered_by=MS_CHEN)
    return an_opportunity


@pytest.fixture
def a_lost_opportunity(an_opportunity: Opportunity) -> Opportunity:
    """She bought elsewhere."""
    an_opportunity.lose("bought elsewhere")
    return an_opportunity


@pytest.fixture
def an_order() -> Order:
    """Ms Chen bought a phone, and three cases for 100 yuan; nothing is paid yet."""
    return Order.place(
        UUID(int=3),
        customer_id=MS_CHEN,
        lines=(
            order_line(1, sku="X2-256-BLK", name="X2 手机", quantity=1, unit_price=yuan("4999"), assistant="li.na"),
            order_line(2, sku="CASE-X2", name="X2 保护壳", quantity=3, unit_price=yuan("39"), total=yuan("100")),
        ),
        unit="tianhe",
        channel=Channel.STORE,
        opportunity_id=UUID(int=2),
        campaign_code="CM-2026-048",
    )


@pytest.fixture
def a_paid_order(an_order: Order) -> Order:
    """She paid all of it."""
    an_order.take_payment(UUID(int=4), amount=an_order.outstanding, means=PaymentMeans.MOBILE)
    return an_order


@pytest.fixture
def a_returned_order(a_paid_order: Order) -> Order:
    """All of it came back."""
    a_paid_order.take_back(UUID(int=5), pieces={}, reason="It flickers")
    return a_paid_order

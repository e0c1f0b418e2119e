"""States that sales' tests begin with."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from crm_chassis.testing import PARTITIONS, Client, client, heard
from crm_eventlog.envelope import CloudEvent, circumstances_of
from crm_eventlog.store import StoredFact
from crm_sales.__main__ import SERVICE
from crm_sales.domain.assignment import ASSIGNMENT
from crm_sales.domain.channel import Channel
from crm_sales.domain.lead import Lead
from crm_sales.domain.money import Money
from crm_sales.domain.opportunity import Opportunity
from crm_sales.domain.order import Order, PaymentMeans
from crm_sales.domain.order_line import order_line
from crm_sales.domain.stages import STAGES
from crm_sales.publishing import publish

MS_CHEN = UUID(int=7)


def yuan(amount: str) -> Money:
    return Money.of(Decimal(amount), "CNY")


class Desk:
    """A desk that works with sales over HTTP, and looks at what the read models have taken in."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self._seen = dict.fromkeys(range(PARTITIONS), 0)

    def asked(self, name: str, body: dict[str, Any], **headers: str) -> str:
        """Ask a command that must succeed; the id of what it was about."""
        answer = self.client.command(name, body, **headers)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def refused(self, name: str, body: dict[str, Any], **headers: str) -> tuple[int, str]:
        """Ask a command that must not succeed; the status and the name of the rule."""
        answer = self.client.command(name, body, **headers)
        return answer.status_code, answer.json()["type"].removeprefix("urn:crm:problem:")

    def shown(self, path: str, **headers: str) -> Any:
        """What the read models show, once they have taken in everything that was recorded."""
        for part, seen in self._seen.items():
            stored = self.client.store.read(part, seen, 1000)
            self.client.tell(*(self._said(fact) for fact in stored))
            self._seen[part] = seen + len(stored)
        answer = self.client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def _said(self, fact: StoredFact) -> CloudEvent:
        event = publish(self.client.app.state.application.mapper.to_domain_event(fact), fact.partition_key)
        at = circumstances_of(fact).occurred_at
        return heard(event, subject=fact.originator_id, sequence=fact.originator_version, time=at)


@pytest.fixture
def sales(tmp_path: Path) -> Iterator[Desk]:
    """Sales' web face on a fresh store; nothing has happened."""
    with client(SERVICE, tmp_path) as caller:
        yield Desk(caller)


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

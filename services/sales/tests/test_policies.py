"""Whenever something becomes true: what sales does about it."""

from uuid import UUID

import pytest

from crm_chassis.testing import NOON
from crm_events.sales import OrderPlaced
from crm_events.values import Channel, Money
from crm_sales.commands import WinOpportunity
from crm_sales.policies import POLICIES, win_the_opportunity_of_an_order

ORDER, OPPORTUNITY = UUID(int=3), UUID(int=2)


@pytest.mark.parametrize(
    ("opportunity_id", "command"),
    [(None, None), (OPPORTUNITY, WinOpportunity(opportunity_id=OPPORTUNITY, order_id=ORDER))],
)
def test_an_order_wins_the_opportunity_that_led_to_it(
    opportunity_id: UUID | None, command: WinOpportunity | None
) -> None:
    placed = OrderPlaced(
        customer_id=UUID(int=7),
        order_id=ORDER,
        lines=(),
        total=Money(amount=4999, currency="CNY"),
        unit="tianhe",
        channel=Channel.STORE,
        opportunity_id=opportunity_id,
    )

    assert win_the_opportunity_of_an_order(placed, NOON) == command


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.name)
def test_every_policy_says_whenever(policy: object) -> None:
    assert policy.then.__doc__.startswith("Whenever ")

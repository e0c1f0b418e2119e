"""Policies of sales: an event in, a command or none out."""

from datetime import timedelta
from uuid import UUID

import pytest

from crm_chassis.testing import NOON
from crm_events.sales import OrderPlaced
from crm_events.values import Money
from crm_kernel import Channel
from crm_sales.orders import ORDERS
from crm_sales.orders.commands import WinOpportunity
from crm_sales.service import SERVICE

ORDER, OTHER, OPPORTUNITY = UUID(int=3), UUID(int=4), UUID(int=2)


def placed(order_id: UUID, opportunity_id: UUID | None) -> OrderPlaced:
    return OrderPlaced(
        customer_id=UUID(int=7),
        order_id=order_id,
        lines=(),
        total=Money(amount=4999, currency="CNY"),
        unit="tianhe",
        channel=Channel.STORE,
        opportunity_id=opportunity_id,
    )


@pytest.mark.parametrize("at", [NOON, NOON + timedelta(days=400)])
@pytest.mark.parametrize(
    ("event", "command"),
    [
        (placed(ORDER, None), None),
        (placed(ORDER, OPPORTUNITY), WinOpportunity(opportunity_id=OPPORTUNITY, order_id=ORDER)),
        (placed(OTHER, OPPORTUNITY), WinOpportunity(opportunity_id=OPPORTUNITY, order_id=OTHER)),
    ],
)
def test_an_order_wins_the_opportunity_that_led_to_it_and_no_other(
    event: OrderPlaced, at: object, command: WinOpportunity | None
) -> None:
    [policy] = ORDERS.policies

    assert policy.then(event, at) == command


def test_nothing_but_an_order_makes_sales_act_and_nothing_falls_due() -> None:
    assert [(policy.whenever, policy.name) for policy in SERVICE.policies] == [
        (OrderPlaced, "win_the_opportunity_of_an_order")
    ]
    assert SERVICE.deadlines == ()

"""Policies of orders."""

from datetime import datetime

from crm_eventlog.reactions import Policy
from crm_events.sales import OrderPlaced
from crm_sales.orders.commands import WinOpportunity


def win_the_opportunity_of_an_order(event: OrderPlaced, at: datetime) -> WinOpportunity | None:
    """Whenever an order is placed that an opportunity led to, the opportunity is won with it."""
    if event.opportunity_id is None:
        return None
    return WinOpportunity(opportunity_id=event.opportunity_id, order_id=event.order_id)


POLICIES = (Policy(OrderPlaced, win_the_opportunity_of_an_order),)

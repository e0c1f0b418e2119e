"""Policies of points: orders and long waits earn them, returns take them back, and every lot ends."""

from datetime import datetime, time, timedelta

from crm_eventlog.reactions import Deadline, Policy, ScheduleDeadline
from crm_events.loyalty import PointsEarned
from crm_events.sales import OrderPlaced, OrderReturned
from crm_events.support import CaseKind, CaseResolved
from crm_kernel import CHINA
from crm_loyalty.points.commands import EarnPoints, ExpireLot, GrantGoodwill, TakeBackPoints

# No version of the programme thanks for a shorter wait; the programme decides on a longer one.
SHORTEST_WAIT_THANKED = timedelta(days=2)


def earn_from_an_order(event: OrderPlaced, at: datetime) -> EarnPoints | None:
    """Whenever an order is placed, its customer earns points for what it cost."""
    if event.total.amount <= 0:
        return None
    return EarnPoints(
        customer_id=event.customer_id,
        order_id=event.order_id,
        amount=event.total.amount,
        currency=event.total.currency,
    )


def take_back_on_a_return(event: OrderReturned, at: datetime) -> TakeBackPoints | None:
    """Whenever goods come back, the points they had earned are taken back, in proportion to the refund."""
    if event.refund.amount <= 0 or event.order_total.amount <= 0:
        return None
    return TakeBackPoints(
        customer_id=event.customer_id,
        return_id=event.return_id,
        order_id=event.order_id,
        refund=event.refund.amount,
        order_total=event.order_total.amount,
    )


def apologise_for_slow_support(event: CaseResolved, at: datetime) -> GrantGoodwill | None:
    """Whenever a complaint took more than two days to resolve, thank the customer with goodwill points."""
    if event.kind is not CaseKind.COMPLAINT or event.waited <= SHORTEST_WAIT_THANKED:
        return None
    return GrantGoodwill(customer_id=event.customer_id, case_id=event.case_id, waited=event.waited)


def expire_a_lot(event: PointsEarned, at: datetime) -> ScheduleDeadline:
    """Whenever points are earned, what is left of them expires at the end of their last day."""
    # The days of every version of the programme end in China: no lot expires before its last day is over there.
    due_at = datetime.combine(event.expires_on + timedelta(days=1), time(), CHINA)
    command = ExpireLot(customer_id=event.customer_id, lot_id=event.lot_id)
    return ScheduleDeadline(kind="expire_lot", subject=event.lot_id, due_at=due_at, command=command)


POLICIES = (
    Policy(OrderPlaced, earn_from_an_order),
    Policy(OrderReturned, take_back_on_a_return),
    Policy(CaseResolved, apologise_for_slow_support),
)
DEADLINES = (Deadline(PointsEarned, expire_a_lot),)

"""Public events of orders."""

from uuid import UUID

from crm_eventlog.aggregate import Aggregate
from crm_events import PublicEvent, sales
from crm_events.values import Money as PublicMoney
from crm_kernel import Money
from crm_sales.orders.order import Order
from crm_sales.orders.order_line import OrderLine, ReturnedLine


def publish(fact: Aggregate.Event, partition_key: UUID) -> PublicEvent | None:
    """Return the public event of a fact, or None where the fact stays private."""
    match fact:
        case Order.Placed():
            return _placed(fact)
        case Order.PaymentTaken():
            return sales.PaymentTaken(
                customer_id=partition_key,
                payment_id=fact.payment_id,
                order_id=fact.originator_id,
                amount=_public(fact.amount),
                means=fact.means,
                outstanding=_public(fact.outstanding),
            )
        case Order.Returned():
            return sales.OrderReturned(
                customer_id=partition_key,
                return_id=fact.return_id,
                order_id=fact.originator_id,
                lines=tuple(_returned_line(line) for line in fact.lines),
                refund=_public(fact.refund),
                whole=fact.whole,
                order_total=_public(fact.order_total),
                reason=fact.reason,
            )
        case _:
            return None


def _placed(fact: Order.Placed) -> sales.OrderPlaced:
    return sales.OrderPlaced(
        customer_id=fact.customer_id,
        order_id=fact.originator_id,
        lines=tuple(_line(line) for line in fact.lines),
        total=_public(fact.total),
        unit=fact.unit,
        channel=fact.channel,
        opportunity_id=fact.opportunity_id,
        campaign_code=fact.campaign_code,
    )


def _line(line: OrderLine) -> sales.OrderLine:
    return sales.OrderLine(
        line=line.line,
        sku=line.sku,
        name=line.name,
        quantity=line.quantity,
        unit_price=_public(line.unit_price),
        total=_public(line.total),
        assistant=line.assistant,
    )


def _returned_line(line: ReturnedLine) -> sales.ReturnedLine:
    return sales.ReturnedLine(line=line.line, sku=line.sku, quantity=line.quantity, refund=_public(line.refund))


def _public(money: Money) -> PublicMoney:
    return PublicMoney(amount=money.amount, currency=money.currency)

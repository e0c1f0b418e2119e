"""Orders, their payments and their returns."""

from uuid import UUID

from crm_events.event import CustomerEvent, Value
from crm_events.sales.vocabulary import PaymentMeans
from crm_events.values import Channel, Money


class OrderLine(Value):
    """One article in an order; `total` is what this line costs after everything was decided about its price."""

    line: int
    sku: str
    name: str
    quantity: int
    unit_price: Money
    total: Money
    assistant: str | None = None
    """The shop assistant who sold it."""


class ReturnedLine(Value):
    """How much of one order line came back, and what is paid back for it."""

    line: int
    sku: str
    quantity: int
    refund: Money


class OrderPlaced(CustomerEvent):
    """A customer bought something; `unit` is the code of the store or office that sold it."""

    order_id: UUID
    lines: tuple[OrderLine, ...]
    total: Money
    unit: str
    channel: Channel
    opportunity_id: UUID | None = None
    campaign_code: str | None = None


class PaymentTaken(CustomerEvent):
    """A customer paid for an order; `outstanding` is what remains to be paid after this payment."""

    payment_id: UUID
    order_id: UUID
    amount: Money
    means: PaymentMeans
    outstanding: Money


class OrderReturned(CustomerEvent):
    """Goods of an order came back; `whole` says that with it nothing of the order is left with the customer."""

    return_id: UUID
    order_id: UUID
    lines: tuple[ReturnedLine, ...]
    refund: Money
    whole: bool
    order_total: Money
    """What the whole order cost, so that a reader can tell the returned share."""
    reason: str

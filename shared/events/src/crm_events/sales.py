"""What sales says: from the first interest to the order, its payment and its return."""

from enum import StrEnum
from uuid import UUID

from crm_events.event import CustomerEvent, Value
from crm_events.values import Channel, Money


class PaymentMeans(StrEnum):
    """What a customer paid with."""

    CASH = "cash"
    CARD = "card"
    TRANSFER = "transfer"
    MOBILE = "mobile"
    STORED_VALUE = "stored_value"


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


class LeadCaptured(CustomerEvent):
    """A customer showed interest; `keyword` and `campaign_code` say what brought them, where that is known."""

    lead_id: UUID
    source: str
    keyword: str | None = None
    campaign_code: str | None = None
    interest: str


class LeadAssigned(CustomerEvent):
    """A lead was given to a salesperson by the named rule."""

    lead_id: UUID
    salesperson: str
    rule: str


class LeadConverted(CustomerEvent):
    """A lead became an opportunity."""

    lead_id: UUID
    opportunity_id: UUID


class OpportunityOpened(CustomerEvent):
    """A sale worth pursuing was recorded, with what we expect it to bring."""

    opportunity_id: UUID
    lead_id: UUID | None = None
    title: str
    expected: Money
    stage: str
    salesperson: str | None = None
    """Who pursues it."""
    campaign_code: str | None = None


class OpportunityMoved(CustomerEvent):
    """An opportunity went from one stage to another."""

    opportunity_id: UUID
    before: str
    after: str
    why: str


class OpportunityWon(CustomerEvent):
    """An opportunity ended in this order."""

    opportunity_id: UUID
    order_id: UUID


class OpportunityLost(CustomerEvent):
    """An opportunity ended without a sale, in the stage and for the reason named."""

    opportunity_id: UUID
    stage: str
    reason: str


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

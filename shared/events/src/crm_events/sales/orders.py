"""Orders, their payments and their returns."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from crm_events.event import CustomerEvent, Value
from crm_events.examples import example_id
from crm_events.kinds import EntryKind
from crm_events.sales.vocabulary import PaymentMeans
from crm_events.sentences import the_customer
from crm_events.sentences.amounts import listed, money
from crm_events.values import Channel, Code, Money, Name, Personal
from crm_kernel import LocalizedText


class OrderLine(Value):
    """One article in an order; `total` is what this line costs after everything was decided about its price."""

    line: int
    sku: Annotated[str, Code()]
    name: Annotated[str, Name()]
    quantity: int
    unit_price: Money
    total: Money
    assistant: Annotated[str | None, Personal("staff")] = None
    """The shop assistant who sold it."""


def goods(lines: Sequence[OrderLine]) -> LocalizedText:
    """Name the goods of these lines and how many of each."""
    return listed([f"{line.name} × {line.quantity}" for line in lines])


class ReturnedLine(Value):
    """The part of one order line that came back, and what is paid back for it."""

    line: int
    sku: Annotated[str, Code()]
    quantity: int
    refund: Money


class OrderPlaced(CustomerEvent):
    """A customer bought something; `unit` is the code of the store or office that sold it."""

    KIND = EntryKind.ORDER
    EXAMPLE = {
        "lines": [
            {
                "line": 1,
                "sku": "X2-256-BLK",
                "name": "X2 手机 256 GB",
                "quantity": 1,
                "unit_price": {"amount": "4999.00", "currency": "CNY"},
                "total": {"amount": "4999.00", "currency": "CNY"},
                "assistant": "li.na",
            },
            {
                "line": 2,
                "sku": "CASE-X2",
                "name": "X2 保护壳",
                "quantity": 1,
                "unit_price": {"amount": "99.00", "currency": "CNY"},
                "total": {"amount": "99.00", "currency": "CNY"},
                "assistant": None,
            },
        ],
        "total": {"amount": "5098.00", "currency": "CNY"},
        "unit": "GZ-TIANHE",
        "channel": "store",
        "opportunity_id": example_id("opportunity_id"),
        "campaign_code": "CM-2026-048",
    }
    SENTENCE = the_customer("bought {goods} for {total}", "购买了{goods}，共 {total}")

    order_id: UUID
    lines: tuple[OrderLine, ...]
    total: Money
    unit: Annotated[str, Code()]
    channel: Channel
    opportunity_id: UUID | None = None
    campaign_code: Annotated[str | None, Code()] = None

    @property
    def goods(self) -> LocalizedText:
        """Return what was bought."""
        return goods(self.lines)


class PaymentTaken(CustomerEvent):
    """A customer paid for an order; `outstanding` is what remains to be paid after this payment."""

    KIND = EntryKind.PAYMENT
    EXAMPLE = {
        "amount": {"amount": "5000.00", "currency": "CNY"},
        "means": "mobile",
        "outstanding": {"amount": "98.00", "currency": "CNY"},
    }
    SENTENCE = the_customer("paid {amount} {means} for an order; {rest}", "付款 {amount}（{means}），{rest}")

    payment_id: UUID
    order_id: UUID
    amount: Money
    means: PaymentMeans
    outstanding: Money

    @property
    def rest(self) -> LocalizedText:
        """Return what remains to be paid, or that nothing does."""
        if not self.outstanding.amount:
            return LocalizedText("nothing remains to be paid", "已付清")
        left = money(self.outstanding)
        return LocalizedText(f"{left.en} remain to be paid", f"尚欠 {left.zh}")


class OrderReturned(CustomerEvent):
    """Goods of an order came back; `whole` says that with it nothing of the order is left with the customer."""

    KIND = EntryKind.RETURN
    EXAMPLE = {
        "lines": [{"line": 2, "sku": "CASE-X2", "quantity": 1, "refund": {"amount": "99.00", "currency": "CNY"}}],
        "refund": {"amount": "99.00", "currency": "CNY"},
        "whole": False,
        "order_total": {"amount": "5098.00", "currency": "CNY"},
        "reason": "wrong colour",
    }
    SENTENCE = the_customer(
        "returned {share} ({goods}) and was refunded {refund}{reason:because}",
        "退回{share}（{goods}），退款 {refund}{reason:because}",
    )

    return_id: UUID
    order_id: UUID
    lines: tuple[ReturnedLine, ...]
    refund: Money
    whole: bool
    order_total: Money
    """The total of the whole order, so that a reader can tell the returned share."""
    reason: Annotated[str, Personal("note")]

    @property
    def goods(self) -> LocalizedText:
        """Return what came back."""
        return listed([f"{line.sku} × {line.quantity}" for line in self.lines])

    @property
    def share(self) -> LocalizedText:
        """Return how much of the order came back."""
        return LocalizedText("the whole order", "整单") if self.whole else LocalizedText("part of an order", "部分商品")

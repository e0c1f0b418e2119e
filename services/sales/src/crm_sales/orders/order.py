"""An order: what a customer bought, what was paid for it, and what came back."""

from collections.abc import Mapping
from uuid import UUID

from crm_eventlog.aggregate import Aggregate, event
from crm_kernel import Channel, Money
from crm_kernel.money import CurrenciesMixed
from crm_sales.orders.errors import (
    MoreReturnedThanBought,
    OrderAlreadyReturned,
    OrderLineUnknown,
    OrderWithoutLines,
    PaymentAboveOutstanding,
    PaymentAlreadyTaken,
    PaymentWithoutAmount,
    QuantityNotPositive,
    ReturnAlreadyTaken,
)
from crm_sales.orders.order_line import OrderLine, ReturnedLine
from crm_sales.vocabulary import PaymentMeans


class Order(Aggregate):
    """One purchase of a customer, from being placed over its payments to the return of its last piece."""

    class Placed(Aggregate.Created):
        order_id: UUID
        customer_id: UUID
        lines: tuple[OrderLine, ...]
        total: Money
        unit: str
        channel: Channel
        opportunity_id: UUID | None
        campaign_code: str | None

    class PaymentTaken(Aggregate.Event):
        payment_id: UUID
        amount: Money
        means: PaymentMeans
        outstanding: Money

    class Returned(Aggregate.Event):
        return_id: UUID
        lines: tuple[ReturnedLine, ...]
        refund: Money
        paid_back: Money
        outstanding: Money
        whole: bool
        order_total: Money
        reason: str

    @staticmethod
    def create_id(order_id: UUID) -> UUID:
        return order_id

    @classmethod
    def place(
        cls,
        order_id: UUID,
        *,
        customer_id: UUID,
        lines: tuple[OrderLine, ...],
        unit: str,
        channel: Channel,
        opportunity_id: UUID | None = None,
        campaign_code: str | None = None,
    ) -> "Order":
        """Return a new order; all its lines are in one currency."""
        if not lines:
            raise OrderWithoutLines("lines", "")
        currency = lines[0].total.currency
        for line in lines:
            if line.total.currency != currency:
                raise CurrenciesMixed(f"lines.{line.line - 1}.unit_price.currency", line.total.currency)
        return cls(
            order_id=order_id,
            customer_id=customer_id,
            lines=lines,
            total=Money.total((line.total for line in lines), currency=currency),
            unit=unit,
            channel=channel,
            opportunity_id=opportunity_id,
            campaign_code=campaign_code,
        )

    @event(Placed)
    def __init__(
        self,
        order_id: UUID,
        customer_id: UUID,
        lines: tuple[OrderLine, ...],
        total: Money,
        unit: str,
        channel: Channel,
        opportunity_id: UUID | None,
        campaign_code: str | None,
    ) -> None:
        self.customer_id, self.lines, self.total = customer_id, lines, total
        self.outstanding = total
        self.returned = dict.fromkeys((line.line for line in lines), 0)
        self.payments: set[UUID] = set()
        self.returns: set[UUID] = set()

    @property
    def partition_key(self) -> UUID:
        return self.customer_id

    def take_payment(self, payment_id: UUID, *, amount: Money, means: PaymentMeans) -> None:
        """Take money for the order, at most what is outstanding."""
        if payment_id in self.payments:
            raise PaymentAlreadyTaken("payment_id", payment_id)
        if amount.amount <= 0:
            raise PaymentWithoutAmount("amount", str(amount))
        if amount.exceeds(self.outstanding):
            raise PaymentAboveOutstanding(amount, self.outstanding)
        self._payment_taken(payment_id=payment_id, amount=amount, means=means, outstanding=self.outstanding - amount)

    def take_back(self, return_id: UUID, *, pieces: Mapping[int, int], reason: str) -> None:
        """Take goods back: pieces by line number, or everything that is left when none are named.

        Their refund first lessens what is outstanding; the rest of it is paid back.
        """
        if return_id in self.returns:
            raise ReturnAlreadyTaken("return_id", return_id)
        left = {line: quantity for line, quantity in self._left().items() if quantity}
        if not left:
            raise OrderAlreadyReturned("order_id", self.id)
        lines = tuple(self._returned_line(line, quantity) for line, quantity in (pieces or left).items())
        refund = Money.total((line.refund for line in lines), currency=self.total.currency)
        nothing = Money.zero(refund.currency)
        outstanding = self.outstanding - refund if self.outstanding.exceeds(refund) else nothing
        self._took_back(
            return_id=return_id,
            lines=lines,
            refund=refund,
            paid_back=refund - (self.outstanding - outstanding),
            outstanding=outstanding,
            whole=sum(left.values()) == sum(line.quantity for line in lines),
            order_total=self.total,
            reason=reason,
        )

    def _left(self) -> dict[int, int]:
        return {line.line: line.quantity - self.returned[line.line] for line in self.lines}

    def _returned_line(self, number: int, quantity: int) -> ReturnedLine:
        bought = next((line for line in self.lines if line.line == number), None)
        if bought is None:
            raise OrderLineUnknown("line", number)
        if quantity < 1:
            raise QuantityNotPositive("quantity", quantity)
        returned = self.returned[number]
        if quantity > bought.quantity - returned:
            raise MoreReturnedThanBought(number, quantity, bought.quantity - returned)
        return ReturnedLine(
            line=number, sku=bought.sku, quantity=quantity, refund=bought.refund_for(quantity, returned=returned)
        )

    @event(PaymentTaken)
    def _payment_taken(self, payment_id: UUID, amount: Money, means: PaymentMeans, outstanding: Money) -> None:
        self.payments.add(payment_id)
        self.outstanding = outstanding

    @event(Returned)
    def _took_back(
        self,
        return_id: UUID,
        lines: tuple[ReturnedLine, ...],
        refund: Money,
        paid_back: Money,
        outstanding: Money,
        whole: bool,
        order_total: Money,
        reason: str,
    ) -> None:
        self.returns.add(return_id)
        self.outstanding = outstanding
        for line in lines:
            self.returned[line.line] += line.quantity

"""Parts of an order: its lines, and the pieces of them that come back."""

from dataclasses import dataclass

from crm_kernel import Money
from crm_kernel.money import CurrenciesMixed
from crm_sales.orders.errors import LineCostsMoreThanItsPrice, PriceBelowZero, QuantityNotPositive


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """One article in an order; `total` is what the line costs after everything was decided about its price."""

    line: int
    sku: str
    name: str
    quantity: int
    unit_price: Money
    total: Money
    assistant: str | None = None

    def refund_for(self, pieces: int, *, returned: int) -> Money:
        """Return the cost of these pieces after `returned` others: in proportion, the last takes the rest."""
        return self.total.share(returned + pieces, of=self.quantity) - self.total.share(returned, of=self.quantity)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedLine:
    """Pieces of one line that came back, and what they cost."""

    line: int
    sku: str
    quantity: int
    refund: Money


def order_line(
    line: int,
    *,
    sku: str,
    name: str,
    quantity: int,
    unit_price: Money,
    total: Money | None = None,
    assistant: str | None = None,
) -> OrderLine:
    """Return a line that costs `total`, or quantity times unit price where nothing else was agreed."""
    where = f"lines.{line - 1}"
    if quantity < 1:
        raise QuantityNotPositive(f"{where}.quantity", quantity)
    full = unit_price.times(quantity)
    total = full if total is None else total
    if total.currency != full.currency:
        raise CurrenciesMixed(f"{where}.total.currency", total.currency)
    if min(unit_price.amount, total.amount) < 0:
        raise PriceBelowZero(f"{where}.unit_price", str(unit_price))
    if total.exceeds(full):
        raise LineCostsMoreThanItsPrice(f"{where}.total", str(total))
    return OrderLine(
        line=line, sku=sku, name=name, quantity=quantity, unit_price=unit_price, total=total, assistant=assistant
    )

"""What an order consists of: its lines, and the pieces of them that come back."""

from dataclasses import dataclass

from crm_eventlog.aggregate import DomainError, LocalizedText
from crm_sales.domain.money import CurrenciesMixed, Money


class QuantityNotPositive(DomainError, ValueError):
    """Goods are bought and returned by the piece, at least one."""

    message = LocalizedText("A quantity is a whole number from 1.", "数量必须是不小于 1 的整数。")
    hint = LocalizedText("Correct the quantity, or leave the line out.", "请更正数量，或去掉该行。")


class LineCostsMoreThanItsPrice(DomainError, ValueError):
    """What was decided about a line makes it cheaper, never dearer than its price says."""

    message = LocalizedText("A line costs at most quantity times unit price.", "行合计不得超过数量乘以单价。")
    hint = LocalizedText("Correct the line's total, or its unit price.", "请更正行合计或单价。")


class PriceBelowZero(DomainError, ValueError):
    """Goods cost something or nothing."""

    message = LocalizedText("A price is zero or more.", "价格不得为负。")
    hint = LocalizedText("Take goods back with a return instead.", "退回商品请使用退货。")


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
        """What these pieces cost when `returned` pieces came back before: in proportion, the last takes the rest."""
        return self.total.share(returned + pieces, of=self.quantity) - self.total.share(returned, of=self.quantity)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedLine:
    """How many pieces of one line came back, and what they cost."""

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
    """A line that costs `total`, or quantity times unit price where nothing else was agreed."""
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

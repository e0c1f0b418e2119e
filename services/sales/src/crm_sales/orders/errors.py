"""Errors of orders, their payments and their returns."""

from crm_kernel import DomainError, LocalizedText, Money


class OrderWithoutLines(DomainError, ValueError):
    """An order is about at least one article."""

    message = LocalizedText("An order needs at least one line.", "订单至少包含一行商品。")
    hint = LocalizedText("Add what the customer bought.", "请添加客户购买的商品。")


class PaymentAboveOutstanding(DomainError):
    """Nobody pays more than is owed."""

    hint = LocalizedText("Take at most the outstanding amount.", "收款不得超过未付金额。")

    def __init__(self, amount: Money, outstanding: Money) -> None:
        self.message = LocalizedText(f"Only {outstanding} is outstanding.", f"该订单仅有 {outstanding} 未付。")
        super().__init__("amount", str(amount))


class PaymentWithoutAmount(DomainError, ValueError):
    """A payment is more than nothing."""

    message = LocalizedText("A payment must be more than zero.", "收款金额必须大于零。")
    hint = LocalizedText("Enter the amount that was paid.", "请填写实际支付的金额。")


class PaymentAlreadyTaken(DomainError):
    """One payment counts once."""

    message = LocalizedText("The payment with this id is already recorded.", "此编号的收款已登记。")
    hint = LocalizedText("Record it only once. Use a new id for a new payment.", "无需重复登记；新的收款请使用新编号。")


class ReturnAlreadyTaken(DomainError):
    """One return counts once."""

    message = LocalizedText("The return with this id is already recorded.", "此编号的退货已登记。")
    hint = LocalizedText("Record it only once. Use a new id for a new return.", "无需重复登记；新的退货请使用新编号。")


class OrderAlreadyReturned(DomainError):
    """Nothing of the order is left with the customer."""

    message = LocalizedText("The whole order was already returned.", "该订单已全部退货。")
    hint = LocalizedText("Check the order number.", "请核对订单编号。")


class OrderLineUnknown(DomainError, ValueError):
    """Only lines of the order come back."""

    message = LocalizedText("The order has no line with this number.", "该订单没有此行号。")
    hint = LocalizedText("Check the line numbers in the order.", "请在订单中核对行号。")


class MoreReturnedThanBought(DomainError):
    """No more comes back than the customer still has of the order."""

    hint = LocalizedText("Return at most what is left of the line.", "退货数量不得超过该行剩余数量。")

    def __init__(self, line: int, quantity: int, left: int) -> None:
        self.message = LocalizedText(
            f"The customer has only {left} left of line {line}.", f"第 {line} 行客户处仅剩 {left} 件。"
        )
        super().__init__("quantity", quantity)


class QuantityNotPositive(DomainError, ValueError):
    """Goods are bought and returned by the piece, at least one."""

    message = LocalizedText("A quantity must be a whole number of at least 1.", "数量必须是不小于 1 的整数。")
    hint = LocalizedText("Correct the quantity, or remove the line.", "请更正数量，或去掉该行。")


class LineCostsMoreThanItsPrice(DomainError, ValueError):
    """An agreement about a line makes it cheaper, never dearer than its price says."""

    message = LocalizedText("A line must not cost more than quantity times unit price.", "行合计不得超过数量乘以单价。")
    hint = LocalizedText("Correct the line total or the unit price.", "请更正行合计或单价。")


class PriceBelowZero(DomainError, ValueError):
    """Goods cost something or nothing."""

    message = LocalizedText("A price must not be below zero.", "价格不得为负。")
    hint = LocalizedText("Record a return to take goods back.", "退回商品请使用退货。")

"""Money: an exact amount in one currency, as fine as the currency is divided and no finer."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from crm_eventlog.aggregate import DomainError, LocalizedText
from crm_sales.domain.currency import DECIMALS

# Far above any sale, and low enough that thousands of such amounts still add up in a 64-bit integer.
MOST_MINOR_UNITS = 10**15


class CurrencyUnknown(DomainError, ValueError):
    """We keep accounts in the currencies of ISO 4217."""

    message = LocalizedText("There is no such currency in ISO 4217.", "ISO 4217 中没有此货币。")
    hint = LocalizedText(
        "Send the three letters of a currency in use, such as CNY.", "请使用现行货币的三字母代码，例如 CNY。"
    )


class AmountFinerThanItsCurrency(DomainError, ValueError):
    """An amount is never rounded in silence."""

    message = LocalizedText("The amount has more decimals than its currency.", "金额的小数位数超过该货币的最小单位。")
    hint = LocalizedText(
        "Send the amount as it is paid, for example 4999.00 CNY.", "请按实际支付填写，例如 4999.00 CNY。"
    )


class AmountTooLarge(DomainError, ValueError):
    """No sale is that large."""

    message = LocalizedText("The amount is larger than any sale can be.", "金额超出允许的上限。")
    hint = LocalizedText("Check the prices and quantities.", "请检查单价和数量。")


class CurrenciesMixed(DomainError, ValueError):
    """Amounts of two currencies are not added up."""

    message = LocalizedText("All amounts of one order are in one currency.", "同一订单的所有金额必须使用同一货币。")
    hint = LocalizedText("Send the amount in the currency of the order.", "请使用该订单的货币。")


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount in one currency; made by `of`, which refuses what the currency does not know."""

    amount: Decimal
    currency: str

    @classmethod
    def of(cls, amount: Decimal, currency: str, *, field: str = "amount") -> "Money":
        """The amount with exactly the currency's decimals; `field` is what a refusal names."""
        decimals = DECIMALS.get(currency)
        if decimals is None:
            raise CurrencyUnknown(f"{field}.currency", currency)
        minor = amount.scaleb(decimals)
        if abs(minor) > MOST_MINOR_UNITS:
            raise AmountTooLarge(field, f"{amount:f} {currency}")
        if minor != minor.to_integral_value():
            raise AmountFinerThanItsCurrency(field, f"{amount:f} {currency}")
        return cls(amount.quantize(Decimal(1).scaleb(-decimals)), currency)

    @classmethod
    def zero(cls, currency: str) -> "Money":
        return cls.of(Decimal(0), currency)

    @classmethod
    def total(cls, parts: Iterable["Money"], *, currency: str) -> "Money":
        """All parts together; zero when there are none."""
        return sum(parts, start=cls.zero(currency))

    def __add__(self, other: "Money") -> "Money":
        self._refuse_other_currency(other)
        return Money.of(self.amount + other.amount, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._refuse_other_currency(other)
        return Money.of(self.amount - other.amount, self.currency)

    def times(self, quantity: int) -> "Money":
        """So many of it."""
        return Money.of(self.amount * quantity, self.currency)

    def share(self, pieces: int, *, of: int) -> "Money":
        """What `pieces` out of `of` cost, rounded down to the minor unit; all pieces cost all of it."""
        minor = int(self.amount.scaleb(DECIMALS[self.currency]))
        return Money.of(Decimal(minor * pieces // of).scaleb(-DECIMALS[self.currency]), self.currency)

    def exceeds(self, other: "Money") -> bool:
        """Whether it is more than the other."""
        self._refuse_other_currency(other)
        return self.amount > other.amount

    def __str__(self) -> str:
        return f"{self.amount:f} {self.currency}"

    def _refuse_other_currency(self, other: "Money") -> None:
        if other.currency != self.currency:
            raise CurrenciesMixed("currency", other.currency)

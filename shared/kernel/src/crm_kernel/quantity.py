"""Quantities: an exact amount of something, with its unit."""

from dataclasses import dataclass
from decimal import Decimal

from crm_kernel.errors import DomainError
from crm_kernel.text import LocalizedText

DECIMALS = 3
_FINEST = Decimal(1).scaleb(-DECIMALS)
MOST = Decimal(10) ** 12


class QuantityTooFine(DomainError, ValueError):
    """A quantity has at most three decimals and is never rounded in silence."""

    message = LocalizedText("The quantity has more than three decimals.", "数量的小数位数超过三位。")
    hint = LocalizedText("Send at most three decimals, for example 1.250 kg.", "请最多保留三位小数，例如 1.250 kg。")


class QuantityTooLarge(DomainError, ValueError):
    """A quantity is below a million millions of its unit."""

    message = LocalizedText("The quantity is larger than any that is sold or kept.", "数量超出允许的上限。")
    hint = LocalizedText("Check the quantity and its unit.", "请检查数量和单位。")


class UnitsMixed(DomainError, ValueError):
    """Quantities of two units are not added up."""

    message = LocalizedText("The two quantities have different units.", "两个数量的单位不同。")
    hint = LocalizedText("Send both quantities in the same unit.", "请使用同一单位。")


@dataclass(frozen=True, slots=True)
class Quantity:
    """An exact amount of one unit, up to three decimals, as in 1.250 kg; `of` rejects what is finer."""

    amount: Decimal
    unit: str

    @classmethod
    def of(cls, amount: Decimal | int, unit: str, *, field: str = "quantity") -> "Quantity":
        """Return the quantity with exactly three decimals; `field` is what an error names."""
        exact = Decimal(amount)
        if not exact.is_finite() or abs(exact) > MOST:
            raise QuantityTooLarge(field, f"{amount} {unit}")
        if exact != exact.quantize(_FINEST):
            raise QuantityTooFine(field, f"{exact:f} {unit}")
        return cls(exact.quantize(_FINEST), unit)

    def __add__(self, other: "Quantity") -> "Quantity":
        self._refuse_other_unit(other)
        return Quantity.of(self.amount + other.amount, self.unit)

    def __sub__(self, other: "Quantity") -> "Quantity":
        self._refuse_other_unit(other)
        return Quantity.of(self.amount - other.amount, self.unit)

    def exceeds(self, other: "Quantity") -> bool:
        """Tell if it is more than the other."""
        self._refuse_other_unit(other)
        return self.amount > other.amount

    def __str__(self) -> str:
        return f"{self.amount.normalize():f} {self.unit}"

    def _refuse_other_unit(self, other: "Quantity") -> None:
        if other.unit != self.unit:
            raise UnitsMixed("unit", other.unit)

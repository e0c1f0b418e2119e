"""Quantities: what they allow and reject."""

from decimal import Decimal

import pytest

from crm_kernel import DomainError, Quantity
from crm_kernel.quantity import QuantityTooFine, QuantityTooLarge, UnitsMixed


def test_quantities_of_one_unit_are_added_taken_away_and_compared_exactly() -> None:
    some, more = Quantity.of(Decimal("0.1"), "kg"), Quantity.of(Decimal("0.2"), "kg")

    assert [str(each) for each in (some + more, some - more, Quantity.of(1200, "piece"))] == [
        "0.3 kg",
        "-0.1 kg",
        "1200 piece",
    ]
    assert some + more == Quantity.of(Decimal("0.300"), "kg")
    assert [more.exceeds(other) for other in (some, more, more + some)] == [True, False, False]


@pytest.mark.parametrize(
    ("amount", "error", "value"),
    [
        (Decimal("1.2501"), QuantityTooFine, "1.2501 kg"),
        (Decimal("0.0005"), QuantityTooFine, "0.0005 kg"),
        (Decimal("1000000000000.001"), QuantityTooLarge, "1000000000000.001 kg"),
        (Decimal("-1E+13"), QuantityTooLarge, "-1E+13 kg"),
        (Decimal("NaN"), QuantityTooLarge, "NaN kg"),
        (Decimal("Infinity"), QuantityTooLarge, "Infinity kg"),
    ],
)
def test_a_quantity_that_cannot_be_kept_exactly_is_rejected(
    amount: Decimal, error: type[DomainError], value: str
) -> None:
    with pytest.raises(error) as rejected:
        Quantity.of(amount, "kg", field="lines.0.quantity")

    assert (rejected.value.field, rejected.value.value) == ("lines.0.quantity", value)


def test_the_finest_and_the_largest_quantity_are_kept() -> None:
    assert str(Quantity.of(Decimal("0.001"), "g")) == "0.001 g"
    assert str(Quantity.of(Decimal("-1000000000000"), "g")) == "-1000000000000 g"
    with pytest.raises(QuantityTooFine) as rejected:
        Quantity.of(Decimal("0.0001"), "g")
    assert rejected.value.field == "quantity"


def test_quantities_of_two_units_are_neither_added_nor_compared() -> None:
    kilos, pieces = Quantity.of(1, "kg"), Quantity.of(1, "piece")

    for together in (kilos.__add__, kilos.__sub__, kilos.exceeds):
        with pytest.raises(UnitsMixed) as rejected:
            together(pieces)
        assert (rejected.value.field, rejected.value.value) == ("unit", "piece")

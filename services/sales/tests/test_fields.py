"""Amounts as commands bring them."""

from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from crm_kernel import Money
from crm_sales.fields import Amount
from services.sales.tests.limits import wrong, wrong_values
from services.sales.tests.world import yuan


@pytest.mark.parametrize(
    ("field", "allowed", "refused"),
    [
        ("amount", ("1" * 14 + ".1234", "0"), ("1" * 15, "1.12345", "x1", "1x", " 1", "1 ")),
        ("currency", ("JPY",), ("JPYX", "XJPY", "JP", "jpy", "", " JPY")),
    ],
)
def test_an_amount_is_written_in_digits_and_its_currency_in_three_letters(
    field: str, allowed: tuple[Any, ...], refused: tuple[Any, ...]
) -> None:
    assert list(wrong_values(Amount, yuan("1"), field, allowed)) == [[] for _ in allowed]
    assert list(wrong_values(Amount, yuan("1"), field, refused)) == [[field] for _ in refused]


def test_an_amount_is_never_changed_and_nothing_unknown_is_taken_with_it() -> None:
    amount = Amount(**yuan("1"))

    assert (amount.amount, amount.to_money("price")) == ("1", Money.of(Decimal(1), "CNY"))
    assert wrong(Amount, {**yuan("1"), "colour": "red"}) == ["colour"]
    with pytest.raises(ValidationError):
        amount.amount = "2"

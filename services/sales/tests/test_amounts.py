"""Amounts as read models keep them."""

import pytest

from crm_events.values import Money
from crm_sales.amounts import decimals, minor, money


@pytest.mark.parametrize(
    ("amount", "currency", "kept"),
    [
        ("4999.00", "CNY", (499900, 2)),
        ("-0.05", "CNY", (-5, 2)),
        ("5000", "JPY", (5000, 0)),
        ("1.500", "KWD", (1500, 3)),
    ],
)
def test_an_amount_is_kept_in_whole_minor_units_and_shown_as_it_was_said(
    amount: str, currency: str, kept: tuple[int, int]
) -> None:
    written = Money(amount=amount, currency=currency)

    assert (minor(written), decimals(written)) == kept
    assert money(*kept, currency).model_dump_json() == written.model_dump_json()

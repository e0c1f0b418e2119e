"""What money allows and refuses."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_eventlog.aggregate import Refused
from crm_sales.domain.currency import DECIMALS
from crm_sales.domain.money import (
    AmountFinerThanItsCurrency,
    AmountTooLarge,
    CurrenciesMixed,
    CurrencyUnknown,
    Money,
)


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        ("4999", "CNY", "4999.00 CNY"),
        ("4999.5", "CNY", "4999.50 CNY"),
        ("4999.00", "JPY", "4999 JPY"),
        ("1.5", "KWD", "1.500 KWD"),
        ("0", "CLF", "0.0000 CLF"),
    ],
)
def test_an_amount_has_exactly_its_currencys_decimals(amount: str, currency: str, shown: str) -> None:
    assert str(Money.of(Decimal(amount), currency)) == shown


@pytest.mark.parametrize(
    ("amount", "currency", "refusal"),
    [
        ("4999.001", "CNY", AmountFinerThanItsCurrency),
        ("0.5", "JPY", AmountFinerThanItsCurrency),
        ("1", "XYZ", CurrencyUnknown),
        ("1", "cny", CurrencyUnknown),
        ("10000000000000.01", "CNY", AmountTooLarge),
        ("99999999999999", "CNY", AmountTooLarge),
    ],
)
def test_an_amount_that_cannot_be_paid_is_refused_and_never_rounded(
    amount: str, currency: str, refusal: type[Refused]
) -> None:
    with pytest.raises(refusal):
        Money.of(Decimal(amount), currency)


def test_amounts_of_two_currencies_are_neither_added_nor_compared() -> None:
    yuan, yen = Money.of(Decimal(1), "CNY"), Money.of(Decimal(1), "JPY")

    for together in (yuan.__add__, yuan.__sub__, yuan.exceeds):
        with pytest.raises(CurrenciesMixed):
            together(yen)


@settings(deadline=None)
@given(
    currency=st.sampled_from(sorted(DECIMALS)),
    minor=st.integers(0, 10**12),
    cuts=st.lists(st.integers(1, 9), min_size=1, max_size=9),
)
def test_the_shares_of_an_amount_are_all_of_it_however_it_is_cut(currency: str, minor: int, cuts: list[int]) -> None:
    whole = Money.of(Decimal(minor).scaleb(-DECIMALS[currency]), currency)
    marks = [sum(cuts[:end]) for end in range(len(cuts) + 1)]

    shares = [whole.share(after, of=marks[-1]) - whole.share(before, of=marks[-1]) for before, after in pairwise(marks)]

    assert Money.total(shares, currency=currency) == whole
    assert all(share.amount >= 0 for share in shares)

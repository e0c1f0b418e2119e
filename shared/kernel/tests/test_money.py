"""Money: what it allows and rejects."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_kernel import DomainError, Money
from crm_kernel.currency import DECIMALS
from crm_kernel.money import AmountFinerThanItsCurrency, AmountTooLarge, CurrenciesMixed, CurrencyUnknown
from crm_kernel.splitting import shares_of


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        ("4999", "CNY", "4999.00 CNY"),
        ("4999.5", "CNY", "4999.50 CNY"),
        ("4999.00", "JPY", "4999 JPY"),
        ("1.5", "KWD", "1.500 KWD"),
        ("0", "CLF", "0.0000 CLF"),
        ("10000000000000", "CNY", "10000000000000.00 CNY"),
        ("-1000000000000000", "JPY", "-1000000000000000 JPY"),
    ],
)
def test_an_amount_has_exactly_its_currencys_decimals(amount: str, currency: str, shown: str) -> None:
    assert str(Money.of(Decimal(amount), currency)) == shown


@pytest.mark.parametrize(
    ("amount", "currency", "refusal", "field", "value"),
    [
        ("4999.001", "CNY", AmountFinerThanItsCurrency, "price", "4999.001 CNY"),
        ("0.5", "JPY", AmountFinerThanItsCurrency, "price", "0.5 JPY"),
        ("1", "XYZ", CurrencyUnknown, "price.currency", "XYZ"),
        ("1", "cny", CurrencyUnknown, "price.currency", "cny"),
        ("10000000000000.01", "CNY", AmountTooLarge, "price", "10000000000000.01 CNY"),
        ("-1000000000000001", "JPY", AmountTooLarge, "price", "-1000000000000001 JPY"),
        ("1E+20", "CNY", AmountTooLarge, "price", "100000000000000000000 CNY"),
    ],
)
def test_an_amount_that_cannot_be_paid_is_refused_and_never_rounded(
    amount: str, currency: str, refusal: type[DomainError], field: str, value: str
) -> None:
    with pytest.raises(refusal) as refused:
        Money.of(Decimal(amount), currency, field="price")

    assert (refused.value.field, refused.value.value) == (field, value)


def test_amounts_are_added_taken_away_and_compared_exactly() -> None:
    three, half = Money.of(Decimal(3), "CNY"), Money.of(Decimal("0.50"), "CNY")

    assert [str(each) for each in (three + half, three - half, half - three, half.times(3), Money.zero("JPY"))] == [
        "3.50 CNY",
        "2.50 CNY",
        "-2.50 CNY",
        "1.50 CNY",
        "0 JPY",
    ]
    assert [str(three.share(pieces, of=7)) for pieces in (0, 1, 5, 7)] == [
        "0.00 CNY",
        "0.42 CNY",
        "2.14 CNY",
        "3.00 CNY",
    ]
    assert [three.exceeds(other) for other in (half, three, three + half)] == [True, False, False]
    assert (Money.total([three, half, half], currency="CNY"), Money.total([], currency="CNY")) == (
        Money.of(Decimal(4), "CNY"),
        Money.zero("CNY"),
    )


def test_amounts_of_two_currencies_are_neither_added_nor_compared() -> None:
    yuan, yen = Money.of(Decimal(1), "CNY"), Money.of(Decimal(1), "JPY")

    for together in (yuan.__add__, yuan.__sub__, yuan.exceeds):
        with pytest.raises(CurrenciesMixed) as refused:
            together(yen)
        assert (refused.value.field, refused.value.value) == ("currency", "JPY")


def test_an_amount_that_cannot_be_is_refused_as_the_amount_where_no_field_is_named() -> None:
    with pytest.raises(AmountFinerThanItsCurrency) as refused:
        Money.of(Decimal("0.5"), "JPY")

    assert refused.value.field == "amount"


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


@pytest.mark.parametrize(
    ("whole", "weights", "shares"),
    [
        ("100.00", (1, 1, 1), ("33.34", "33.33", "33.33")),
        ("0.05", (3, 1, 1), ("0.03", "0.01", "0.01")),
        ("0.02", (1, 2, 1), ("0.01", "0.01", "0.00")),
        ("-100.00", (1, 1, 1), ("-33.34", "-33.33", "-33.33")),
        ("10.00", (0, 1), ("0.00", "10.00")),
        ("0.01", (1, 9), ("0.00", "0.01")),
    ],
)
def test_an_amount_is_split_by_largest_remainder_and_the_earlier_part_wins_a_tie(
    whole: str, weights: tuple[int, ...], shares: tuple[str, ...]
) -> None:
    parts = Money.of(Decimal(whole), "CNY").split(weights)

    assert tuple(str(part.amount) for part in parts) == shares


@settings(deadline=None)
@given(
    currency=st.sampled_from(sorted(DECIMALS)),
    minor=st.integers(-(10**12), 10**12),
    weights=st.lists(st.integers(0, 1000), min_size=1, max_size=12).filter(any),
)
def test_the_parts_of_a_split_are_the_whole_and_none_is_a_minor_unit_off(
    currency: str, minor: int, weights: list[int]
) -> None:
    whole = Money.of_minor(minor, currency)

    parts = whole.split(weights)

    assert Money.total(parts, currency=currency) == whole
    assert Money.of_minor(-minor, currency).split(weights) == tuple(Money.of_minor(-p.minor, currency) for p in parts)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part.minor * sum(weights) - minor * weight) < sum(weights)


@pytest.mark.parametrize("weights", [(), (0, 0), (2, -1)])
def test_a_split_by_weights_that_weigh_nothing_is_an_error(weights: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="weights are whole numbers from 0"):
        shares_of(100, weights)


def test_minor_units_are_the_digits_of_the_currency() -> None:
    assert [Money.of_minor(499900, code).minor for code in ("CNY", "JPY", "KWD", "CLF")] == [499900] * 4
    assert [str(Money.of_minor(499900, code)) for code in ("CNY", "JPY", "KWD", "CLF")] == [
        "4999.00 CNY",
        "499900 JPY",
        "499.900 KWD",
        "49.9900 CLF",
    ]

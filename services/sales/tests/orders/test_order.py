"""Orders: what they allow, record and refuse; their money always adds up."""

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_kernel import Channel, DomainError, LocalizedText, Money
from crm_kernel.money import AmountTooLarge, CurrenciesMixed
from crm_sales.orders.errors import (
    LineCostsMoreThanItsPrice,
    MoreReturnedThanBought,
    OrderAlreadyReturned,
    OrderLineUnknown,
    OrderWithoutLines,
    PaymentAboveOutstanding,
    PaymentAlreadyTaken,
    PaymentWithoutAmount,
    PriceBelowZero,
    QuantityNotPositive,
    ReturnAlreadyTaken,
)
from crm_sales.orders.order import Order
from crm_sales.orders.order_line import OrderLine, order_line
from crm_sales.vocabulary import PaymentMeans

MS_CHEN = UUID(int=7)


def yuan(amount: str) -> Money:
    return Money.of(Decimal(amount), "CNY")


def place(*lines: OrderLine) -> Order:
    return Order.place(uuid4(), customer_id=MS_CHEN, lines=lines, unit="tianhe", channel=Channel.STORE)


def pay(order: Order, amount: str, payment_id: UUID | None = None) -> None:
    order.take_payment(payment_id or uuid4(), amount=yuan(amount), means=PaymentMeans.CASH)


def take_back(order: Order, **pieces: int) -> dict[str, Any]:
    """Take back pieces of lines, `line_2=1`, and return the fact that was recorded."""
    numbered = {int(name.removeprefix("line_")): quantity for name, quantity in pieces.items()}
    order.take_back(uuid4(), pieces=numbered, reason="It flickers")
    return vars(order.pending_events[-1])


def test_an_order_costs_what_its_lines_cost(an_order: Order) -> None:
    assert (an_order.total, an_order.outstanding) == (yuan("5099"), yuan("5099"))


def test_an_order_has_lines() -> None:
    with pytest.raises(OrderWithoutLines) as refused:
        place()

    assert (refused.value.field, refused.value.value) == ("lines", "")


def test_all_lines_of_an_order_are_in_one_currency() -> None:
    yen = Money.of(Decimal(100), "JPY")

    with pytest.raises(CurrenciesMixed, match=r"lines\.1\.unit_price\.currency='JPY'"):
        place(
            order_line(1, sku="A", name="A", quantity=1, unit_price=yuan("1")),
            order_line(2, sku="B", name="B", quantity=1, unit_price=yen),
        )


def test_an_order_no_sale_can_be_worth_is_refused() -> None:
    dear = [order_line(n, sku="A", name="A", quantity=1, unit_price=yuan("9999999999999")) for n in (1, 2)]

    with pytest.raises(AmountTooLarge):
        place(*dear)


@pytest.mark.parametrize(
    ("line", "refusal", "field", "value"),
    [
        ({"quantity": 0}, QuantityNotPositive, "quantity", 0),
        ({"quantity": -1}, QuantityNotPositive, "quantity", -1),
        ({"total": yuan("20.01")}, LineCostsMoreThanItsPrice, "total", "20.01 CNY"),
        ({"total": yuan("-1")}, PriceBelowZero, "unit_price", "10.00 CNY"),
        ({"unit_price": yuan("-1")}, PriceBelowZero, "unit_price", "-1.00 CNY"),
        ({"total": Money.of(Decimal(1), "JPY")}, CurrenciesMixed, "total.currency", "JPY"),
    ],
)
def test_a_line_that_makes_no_sense_is_refused_where_it_stands(
    line: dict[str, Any], refusal: type[DomainError], field: str, value: object
) -> None:
    with pytest.raises(refusal) as refused:
        order_line(3, **{"sku": "A", "name": "A", "quantity": 2, "unit_price": yuan("10"), **line})

    assert (refused.value.field, refused.value.value) == (f"lines.2.{field}", value)


@pytest.mark.parametrize(("agreed", "total"), [(None, "20.00"), ("20", "20.00"), ("19.99", "19.99"), ("0", "0.00")])
def test_a_line_costs_quantity_times_unit_price_or_what_was_agreed(agreed: str | None, total: str) -> None:
    price = yuan(agreed) if agreed else None

    line = order_line(3, sku="A", name="B", quantity=2, unit_price=yuan("10"), total=price, assistant="li.na")

    assert line == OrderLine(
        line=3, sku="A", name="B", quantity=2, unit_price=yuan("10"), total=yuan(total), assistant="li.na"
    )


def test_a_payment_leaves_the_rest_outstanding(an_order: Order) -> None:
    pay(an_order, "5000")

    assert vars(an_order.pending_events[-1])["outstanding"] == yuan("99")


def test_nobody_pays_more_than_is_outstanding_and_the_refusal_names_it(an_order: Order) -> None:
    pay(an_order, "5000")

    with pytest.raises(PaymentAboveOutstanding) as refused:
        pay(an_order, "99.01")

    assert refused.value.message == LocalizedText("Only 99.00 CNY is outstanding.", "该订单仅有 99.00 CNY 未付。")
    assert an_order.outstanding == yuan("99")


def test_a_payment_counts_once(an_order: Order) -> None:
    pay(an_order, "1", payment_id=UUID(int=4))

    with pytest.raises(PaymentAlreadyTaken):
        pay(an_order, "1", payment_id=UUID(int=4))


def test_a_payment_is_more_than_nothing_and_in_the_orders_currency(an_order: Order) -> None:
    with pytest.raises(PaymentWithoutAmount):
        pay(an_order, "0")

    with pytest.raises(CurrenciesMixed):
        an_order.take_payment(uuid4(), amount=Money.of(Decimal(1), "JPY"), means=PaymentMeans.CASH)


def test_the_refund_is_in_proportion_and_the_last_piece_takes_the_rest(a_paid_order: Order) -> None:
    refunds = [str(take_back(a_paid_order, line_2=1)["refund"]) for _ in range(3)]

    assert refunds == ["33.33 CNY", "33.33 CNY", "33.34 CNY"]


def test_what_was_paid_for_returned_goods_is_paid_back(a_paid_order: Order) -> None:
    returned = take_back(a_paid_order, line_1=1)

    assert (returned["refund"], returned["paid_back"]) == (yuan("4999"), yuan("4999"))
    assert returned["outstanding"] == yuan("0")


def test_a_refund_first_lessens_what_is_still_owed(an_order: Order) -> None:
    pay(an_order, "1000")

    returned = take_back(an_order, line_1=1)

    assert returned["refund"] == yuan("4999")
    assert (returned["paid_back"], returned["outstanding"]) == (yuan("900"), yuan("0"))


def test_nothing_is_paid_back_of_what_was_never_paid(an_order: Order) -> None:
    returned = take_back(an_order, line_2=3)

    assert (returned["paid_back"], returned["outstanding"]) == (yuan("0"), yuan("4999"))


def test_no_more_comes_back_than_the_customer_has_and_the_refusal_says_how_much_that_is(a_paid_order: Order) -> None:
    take_back(a_paid_order, line_2=2)

    with pytest.raises(MoreReturnedThanBought) as refused:
        take_back(a_paid_order, line_2=2)

    assert refused.value.message == LocalizedText("The customer has only 1 left of line 2.", "第 2 行客户处仅剩 1 件。")
    assert (refused.value.field, refused.value.value) == ("quantity", 2)


def test_only_lines_of_the_order_come_back_and_at_least_one_piece(a_paid_order: Order) -> None:
    with pytest.raises(OrderLineUnknown, match="line=3"):
        take_back(a_paid_order, line_3=1)

    with pytest.raises(QuantityNotPositive, match=": quantity=0"):
        take_back(a_paid_order, line_1=0)


def test_a_return_counts_once(a_paid_order: Order) -> None:
    a_paid_order.take_back(UUID(int=5), pieces={2: 1}, reason="Wrong colour")

    with pytest.raises(ReturnAlreadyTaken):
        a_paid_order.take_back(UUID(int=5), pieces={2: 1}, reason="Wrong colour")


def test_a_return_is_whole_when_nothing_is_left_with_the_customer(a_paid_order: Order) -> None:
    wholes = [take_back(a_paid_order, line_2=3)["whole"], take_back(a_paid_order, line_1=1)["whole"]]

    assert wholes == [False, True]


def test_a_return_that_names_no_pieces_takes_back_what_is_left(a_paid_order: Order) -> None:
    take_back(a_paid_order, line_2=1)

    rest = take_back(a_paid_order)

    assert [(line.line, line.quantity) for line in rest["lines"]] == [(1, 1), (2, 2)]
    assert (rest["refund"], rest["whole"], rest["order_total"]) == (yuan("5065.67"), True, yuan("5099"))


def test_an_order_that_came_back_whole_does_not_come_back_again(a_returned_order: Order) -> None:
    with pytest.raises(OrderAlreadyReturned):
        take_back(a_returned_order)


LINES = st.lists(st.tuples(st.integers(1, 7), st.integers(0, 10_000), st.integers(0, 100)), min_size=1, max_size=4)
STEPS = st.lists(
    st.one_of(st.tuples(st.just("pay"), st.integers(1, 30_000)), st.tuples(st.integers(1, 4), st.integers(1, 7))),
    max_size=12,
)


@settings(deadline=None)
@given(lines=LINES, steps=STEPS)
def test_whatever_is_paid_and_returned_the_receivable_is_orders_less_payments_less_refunds(
    lines: list[tuple[int, int, int]], steps: list[tuple[Any, int]]
) -> None:
    order = an_order_of(lines)

    for step in steps:
        try_step(order, step)
        balance = order.total - total(order, "refund") - (total(order, "amount") - total(order, "paid_back"))
        assert order.outstanding == balance
        assert order.outstanding.amount >= 0
    if any(order.returned[line.line] < line.quantity for line in order.lines):
        take_back(order)

    assert total(order, "refund") == order.total
    assert total(order, "paid_back") == total(order, "amount")


def an_order_of(lines: list[tuple[int, int, int]]) -> Order:
    """Place an order of lines of (quantity, price of a piece in fen, percent off)."""
    return place(
        *(
            order_line(
                number,
                sku=f"S{number}",
                name="Thing",
                quantity=quantity,
                unit_price=yuan(f"{fen / 100:.2f}"),
                total=yuan(f"{quantity * fen * (100 - off) // 100 / 100:.2f}"),
            )
            for number, (quantity, fen, off) in enumerate(lines, start=1)
        )
    )


def try_step(order: Order, step: tuple[Any, int]) -> None:
    """Pay so many fen, or return so many pieces of a line; what is refused changes nothing."""
    what, much = step
    before = len(order.pending_events)
    try:
        if what == "pay":
            pay(order, f"{much / 100:.2f}")
        else:
            take_back(order, **{f"line_{what}": much})
    except DomainError:
        assert len(order.pending_events) == before


def total(order: Order, field: str) -> Money:
    """Return the sum of this amount over all facts of the order."""
    amounts = (vars(fact).get(field) for fact in order.pending_events)
    return Money.total((amount for amount in amounts if amount is not None), currency="CNY")


@pytest.mark.parametrize("state", ["an_order", "a_paid_order", "a_returned_order"])
def test_a_replayed_order_equals_the_live_one(state: str, request: pytest.FixtureRequest) -> None:
    live: Order = request.getfixturevalue(state)

    replayed = None
    for fact in live.collect_events():
        replayed = fact.mutate(replayed)

    assert replayed == live

"""Stored facts of orders: all that each of them holds, also what is told to nobody."""

from decimal import Decimal
from uuid import UUID

from crm_kernel import Money
from crm_sales.orders.order_line import OrderLine, ReturnedLine
from services.sales.tests.desk import Desk
from services.sales.tests.world import (
    BY_MAIL,
    MS_CHEN,
    SUMMER,
    numbered,
)


def yuan(amount: str) -> Money:
    return Money(Decimal(amount), "CNY")


def test_an_order_keeps_what_each_payment_and_return_left_owed(world: Desk) -> None:
    phone = {"line": 1, "sku": "X2", "name": "X2 手机", "quantity": 1, "assistant": "li.na"}
    cases = {"line": 2, "sku": "CASE", "name": "保护壳", "quantity": 3, "assistant": None}
    lines = (
        OrderLine(**phone, unit_price=yuan("4999.00"), total=yuan("4999.00")),
        OrderLine(**cases, unit_price=yuan("39.00"), total=yuan("100.00")),
    )
    order = {"order_id": UUID(BY_MAIL), "customer_id": UUID(MS_CHEN), "unit": "mail-order", "channel": "mail"}
    payment = {"payment_id": UUID(numbered(405)), "amount": yuan("5050.00"), "means": "stored_value"}
    came_back = (ReturnedLine(line=2, sku="CASE", quantity=2, refund=yuan("66.66")),)
    refund = {"lines": came_back, "refund": yuan("66.66"), "paid_back": yuan("17.66"), "outstanding": yuan("0.00")}
    returned = {"return_id": UUID(numbered(503)), "whole": False, "order_total": yuan("5099.00")}

    assert world.stored(BY_MAIL) == [
        (
            "Placed",
            {**order, "lines": lines, "total": yuan("5099.00"), "opportunity_id": None, "campaign_code": SUMMER},
        ),
        ("PaymentTaken", {**payment, "outstanding": yuan("49.00")}),
        ("Returned", {**returned, **refund, "reason": "wrong colour"}),
    ]

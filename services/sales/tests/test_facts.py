"""Facts that commands left in the store: all that each of them holds, also what is told to nobody."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from crm_sales.domain.money import Money
from crm_sales.domain.order_line import OrderLine, ReturnedLine
from services.sales.tests.desk import Desk
from services.sales.tests.world import (
    BECAME_HERS,
    BY_MAIL,
    GIVEN_TO_HER,
    HIS_LOOK,
    LOST,
    MR_WU,
    MS_CHEN,
    PHONE,
    SCREEN,
    SIGNED,
    SUMMER,
    TABLETS,
    numbered,
)


def yuan(amount: str) -> Money:
    return Money(Decimal(amount), "CNY")


def captured(lead_id: str, **more: Any) -> tuple[str, dict[str, Any]]:
    """Write the first fact of a lead of Mr Wu's."""
    lead = {"lead_id": UUID(lead_id), "customer_id": UUID(MR_WU), "source": "web", "unit": "website", "keyword": None}
    return "Captured", {**lead, "interest": f"A look of {lead_id[-3:]}", "campaign_code": None, "city": None, **more}


def assigned(before: str | None, salesperson: str, rule: str, reason: str | None) -> tuple[str, dict[str, Any]]:
    return "Assigned", {"before": before, "salesperson": salesperson, "rule": rule, "reason": reason}


def test_a_lead_keeps_its_signs_and_by_which_rule_or_why_each_had_it(world: Desk) -> None:
    assert world.stored(HIS_LOOK) == [
        captured(HIS_LOOK, city="beijing"),
        assigned(None, "zhou.lan", "by_source/2026-1", None),
    ]
    assert world.stored(GIVEN_TO_HER) == [
        captured(GIVEN_TO_HER),
        assigned(None, "xu.wei", "by_source/2026-1", None),
        assigned("xu.wei", "zhou.lan", "by_hand", "xu.wei is ill"),
    ]
    assert world.stored(BECAME_HERS)[-1] == ("Converted", {"opportunity_id": UUID(SCREEN)})


def test_an_opportunity_keeps_every_stage_under_the_list_in_force(world: Desk) -> None:
    won, lost, opened = (world.stored(opportunity_id) for opportunity_id in (PHONE, LOST, TABLETS))

    in_force = {"stages_version": "2026-1"}
    assert won[1:] == [
        ("Moved", {"before": "interest", "after": "offer", "why": "asked for the price", **in_force}),
        ("Moved", {"before": "offer", "after": "need", "why": "wants another model", **in_force}),
        ("Won", {"stage": "need", "order_id": UUID(SIGNED)}),
    ]
    assert lost[1:] == [("Lost", {"stage": "offer", "reason": "bought elsewhere"})]
    first = {"opportunity_id": UUID(TABLETS), "customer_id": UUID(MR_WU), "title": "Sale 3", "stage": "interest"}
    brought = {"salesperson": "li.na", "campaign_code": SUMMER, "lead_id": None, "expected": yuan("3000.01")}
    assert opened == [("Opened", {**first, **brought, **in_force})]


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

"""Stored facts of opportunities: all that each of them holds, also what is told to nobody."""

from decimal import Decimal
from uuid import UUID

from crm_kernel import Money
from services.sales.tests.desk import Desk
from services.sales.tests.world import (
    LOST,
    MR_WU,
    PHONE,
    SIGNED,
    SUMMER,
    TABLETS,
)


def yuan(amount: str) -> Money:
    return Money(Decimal(amount), "CNY")


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

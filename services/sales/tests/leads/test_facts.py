"""Stored facts of leads: all that each of them holds, also what is told to nobody."""

from typing import Any
from uuid import UUID

from services.sales.tests.desk import Desk
from services.sales.tests.world import (
    BECAME_HERS,
    GIVEN_TO_HER,
    HIS_LOOK,
    MR_WU,
    SCREEN,
)


def captured(lead_id: str, **more: Any) -> tuple[str, dict[str, Any]]:
    """Write the first fact of a lead of Mr Wu's."""
    lead = {"lead_id": UUID(lead_id), "customer_id": UUID(MR_WU), "source": "web", "unit": "website", "keyword": None}
    return "Captured", {**lead, "interest": f"A look of {lead_id[-3:]}", "campaign_code": None, "city": None, **more}


def assigned(before: str | None, salesperson: str, rule: str, reason: str | None) -> tuple[str, dict[str, Any]]:
    return "Assigned", {"before": before, "salesperson": salesperson, "rule": rule, "reason": reason}


def test_a_lead_keeps_its_attributes_and_by_which_rule_or_why_each_had_it(world: Desk) -> None:
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

"""Balances as they are shown over HTTP, whole and lot by lot."""

from typing import Any
from uuid import UUID

import pytest

from crm_loyalty.members.membership import member_id
from crm_loyalty.points.lots import lot_id
from crm_loyalty.points.points_account import account_id
from crm_loyalty.vocabulary import EarningReason
from services.loyalty.tests.counter import Counter
from services.loyalty.tests.world import (
    ANNA,
    CABLE,
    COMPLAINT,
    DOLLARS,
    FORGOTTEN,
    HERS,
    HIS,
    HIS_DOLLAR,
    HIS_FIRST,
    HIS_YUAN,
    LATE,
    MR_WU,
    MS_CHEN,
    PHONE,
    lot_of,
    shown,
)

LEVELS = {MS_CHEN: "gold", MR_WU: "ordinary", ANNA: "silver"}


def lot(customer_id: UUID, order_id: UUID, points: int, left: int, earned_at: str, expires_on: str) -> dict[str, Any]:
    """Write a lot as it is shown."""
    thanked = order_id == COMPLAINT
    reason = EarningReason.GOODWILL if thanked else EarningReason.PURCHASE
    return {
        "lot_id": str(lot_id(account_id(customer_id), reason, order_id)), "points": points, "left": left,
        "reason": reason.value, "order_id": None if thanked else str(order_id),
        "case_id": str(order_id) if thanked else None, "earned_at": earned_at, "expires_on": expires_on,
    }  # fmt: skip


OF_MARCH = (
    (MS_CHEN, DOLLARS, 215, 165, shown("02-20"), "2026-03-20"),
    (MS_CHEN, PHONE, 449, 449, shown("02-03"), "2028-02-03"),
    (MS_CHEN, LATE, 150, 150, shown("02-09", "15:59:59"), "2028-02-09"),
)
BALANCES: list[tuple[UUID, str, int, list[Any]]] = [
    (MS_CHEN, "2026-02-02", 0, []),
    (MS_CHEN, "2026-02-03", 449, [(MS_CHEN, PHONE, 449, 449, shown("02-03"), "2028-02-03")]),
    (MS_CHEN, "2026-02-20", 779, [(MS_CHEN, FORGOTTEN, 15, 15, shown("02-11"), "2026-03-11"), *OF_MARCH]),
    (MS_CHEN, "2026-03-22", 725, [
        (MS_CHEN, COMPLAINT, 300, 265, shown("02-22"), "2026-03-22"),
        (MS_CHEN, CABLE, 10, 10, shown("03-10"), "2026-04-10"),
        (MS_CHEN, PHONE, 449, 300, shown("02-03"), "2028-02-03"),
        (MS_CHEN, LATE, 150, 150, shown("02-09", "15:59:59"), "2028-02-09"),
    ]),
    (MS_CHEN, "", 460, [
        (MS_CHEN, CABLE, 10, 10, shown("03-10"), "2026-04-10"),
        (MS_CHEN, PHONE, 449, 300, shown("02-03"), "2028-02-03"),
        (MS_CHEN, LATE, 150, 150, shown("02-09", "15:59:59"), "2028-02-09"),
    ]),
    (MR_WU, "2026-02-14", 5, [(MR_WU, HIS, 20, 5, shown("02-13"), "2026-03-13")]),
    (MR_WU, "", 28, [
        (MR_WU, HIS_FIRST, 8, 8, shown("03-05", "01:00:00"), "2026-04-05"),
        *sorted(
            [
                (MR_WU, HIS_DOLLAR, 14, 14, shown("03-05"), "2026-04-05"),
                (MR_WU, HIS_YUAN, 6, 6, shown("03-05"), "2026-04-05"),
            ],
            key=lambda row: lot_of(MR_WU, row[1]).hex,
        ),
    ]),
    (ANNA, "2026-03-31", 0, []),
    (ANNA, "", 8, [(ANNA, HERS, 8, 8, shown("03-31", "16:30:00"), "2026-05-01")]),
]  # fmt: skip


@pytest.mark.feature("L30", "L31", "L35")
@pytest.mark.parametrize("limit", [1, 2])
@pytest.mark.parametrize(("customer_id", "on", "available", "lots"), BALANCES)
def test_a_balance_over_all_units_shows_what_is_left_lot_by_lot_on_the_day_asked_for(
    world: Counter, customer_id: UUID, on: str, available: int, lots: list[Any], limit: int
) -> None:
    pages = world.pages(f"/customers/{customer_id}/balance" + (f"?on={on}" if on else ""), limit)

    rows = [lot(*each) for each in lots]
    of_each_page = {
        "customer_id": str(customer_id),
        "member_id": str(member_id(customer_id)),
        "level": LEVELS[customer_id],
        "level_name": f"{LEVELS[customer_id]} member",
        "on": on or "2026-04-01",
        "available": available,
    }
    assert [{**page, "next": None} for page in pages] == [
        {**of_each_page, "items": rows[at : at + limit], "next": None} for at in range(0, len(rows) or 1, limit)
    ]


def test_the_name_of_the_level_beside_the_balance_is_in_the_readers_language(world: Counter) -> None:
    assert world.shown(f"/customers/{ANNA}/balance", accept_language="zh")["level_name"] == "银卡会员"

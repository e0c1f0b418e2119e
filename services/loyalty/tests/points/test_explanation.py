"""Explanations of balances: every movement as it is shown over HTTP, whole and in its order."""

from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from crm_kernel import Language
from crm_loyalty.points.wording import explanation_of
from services.loyalty.tests.counter import Counter
from services.loyalty.tests.world import (
    CABLE,
    COMPLAINT,
    DOLLARS,
    FORGOTTEN,
    GIFT,
    HIS,
    HIS_BACK,
    HIS_DOLLAR,
    HIS_FIRST,
    HIS_GIFT,
    HIS_YUAN,
    LATE,
    MR_WU,
    MS_CHEN,
    PHONE,
    PHONE_BACK,
    shown,
)

NOTHING = dict.fromkeys(
    (
        "reason", "order_id", "case_id", "return_id", "redemption_id", "rate", "programme_version", "expires_on",
        "shortfall", "purpose",
    )
)  # fmt: skip


def moved(kind: str, points: int, balance: int, at: str, by: str, because: str, **more: Any) -> dict[str, Any]:
    """Write a movement as it is shown; `by` is the actor in the unit."""
    actor, unit = by.split(" in ")
    more = {name: str(value) if isinstance(value, UUID) else value for name, value in more.items()}
    return {
        **NOTHING, **more, "kind": kind, "points": points, "balance": balance, "happened_at": at,
        "recorded_at": shown("03-31", "20:00:00"), "actor": actor, "unit": unit, "because": because,
    }  # fmt: skip


def bought(order_id: UUID, rate: str, version: int, until: str) -> dict[str, Any]:
    """Write the details of points that an order earned."""
    return {"reason": "purchase", "order_id": order_id, "rate": rate, "programme_version": version, "expires_on": until}


def for_an_order(points: int, rate: str, until: str) -> str:
    """Write the explanation of points that an order earned."""
    return f"{points} points for an order, {rate} for each unit of currency; to be spent by {until}."


CHARGER = UUID("dbbee5e2-47c4-5b60-932d-bc5e623bae0a")
HERS = [
    moved(
        "expired", -15, 725, shown("03-11", "16:00:00"), "clock in hotline",
        "15 points were not spent in time and expired on 2026-03-12.",
    ),
    moved(
        "earned", 10, 740, shown("03-10"), "deng.yu in beijing-lu", for_an_order(10, "3", "2026-04-10"),
        **bought(CABLE, "3", 2, "2026-04-10"),
    ),
    moved(
        "redeemed", -200, 730, shown("02-24"), "li.na in tianhe", "200 points spent in tianhe: Charger",
        redemption_id=CHARGER, purpose="Charger",
    ),
    moved(
        "taken_back", -149, 930, shown("02-23"), "deng.yu in beijing-lu", "149 points taken back with a return.",
        order_id=PHONE, return_id=PHONE_BACK, shortfall=0,
    ),
    moved(
        "earned", 300, 1079, shown("02-22"), "policy in hotline",
        "300 points because a complaint took long; to be spent by 2026-03-22.",
        reason="goodwill", case_id=COMPLAINT, programme_version=2, expires_on="2026-03-22",
    ),
    moved(
        "redeemed", -50, 779, shown("02-20"), "he.qiang in yuexiu", "50 points spent in yuexiu: 手机壳",
        redemption_id=GIFT, purpose="手机壳",
    ),
    moved(
        "earned", 215, 829, shown("02-20"), "li.na in tianhe", for_an_order(215, "21.5", "2026-03-20"),
        **bought(DOLLARS, "21.5", 2, "2026-03-20"),
    ),
    moved(
        "earned", 15, 614, shown("02-11"), "li.na in tianhe", for_an_order(15, "3", "2026-03-11"),
        **bought(FORGOTTEN, "3", 2, "2026-03-11"),
    ),
    moved(
        "earned", 150, 599, shown("02-09", "15:59:59"), "deng.yu in beijing-lu", for_an_order(150, "1.5", "2028-02-09"),
        **bought(LATE, "1.5", 1, "2028-02-09"),
    ),
    moved(
        "earned", 449, 449, shown("02-03"), "li.na in tianhe", for_an_order(449, "1.5", "2028-02-03"),
        **bought(PHONE, "1.5", 1, "2028-02-03"),
    ),
]  # fmt: skip
HIS_MOVES = [
    moved(
        "earned", 6, 28, shown("03-05"), "shop.bot in website", for_an_order(6, "2", "2026-04-05"),
        **bought(HIS_YUAN, "2", 2, "2026-04-05"),
    ),
    moved(
        "earned", 14, 22, shown("03-05"), "shop.bot in website", for_an_order(14, "14", "2026-04-05"),
        **bought(HIS_DOLLAR, "14", 2, "2026-04-05"),
    ),
    moved(
        "earned", 8, 8, shown("03-05", "01:00:00"), "he.qiang in yuexiu", for_an_order(8, "2", "2026-04-05"),
        **bought(HIS_FIRST, "2", 2, "2026-04-05"),
    ),
    moved(
        "taken_back", -5, 0, shown("02-15"), "li.na in tianhe",
        "5 points taken back with a return; 15 more had already been spent.",
        order_id=HIS, return_id=HIS_BACK, shortfall=15,
    ),
    moved(
        "redeemed", -15, 5, shown("02-14"), "li.na in tianhe", "15 points spent in tianhe: Cable",
        redemption_id=HIS_GIFT, purpose="Cable",
    ),
    moved(
        "earned", 20, 20, shown("02-13"), "he.qiang in yuexiu", for_an_order(20, "2", "2026-03-13"),
        **bought(HIS, "2", 2, "2026-03-13"),
    ),
]  # fmt: skip


@pytest.mark.feature("L31", "L35")
@pytest.mark.parametrize("limit", [1, 4])
@pytest.mark.parametrize(
    ("customer_id", "on", "available", "lapsed", "movements"),
    [
        (MS_CHEN, "", 460, 265, HERS),
        (MS_CHEN, "2026-03-23", 460, 265, HERS),
        (MS_CHEN, "2026-02-21", 779, 0, HERS[5:]),
        (MS_CHEN, "2026-02-02", 0, 0, []),
        (MR_WU, "", 28, 0, HIS_MOVES),
    ],
)
def test_a_balance_is_explained_movement_by_movement_the_newest_first(
    world: Counter, customer_id: UUID, on: str, available: int, lapsed: int, movements: list[Any], limit: int
) -> None:
    pages = world.pages(f"/customers/{customer_id}/balance/explanation" + (f"?on={on}" if on else ""), limit)

    of_each_page = {
        "customer_id": str(customer_id), "on": on or "2026-04-01", "available": available, "lapsed": lapsed,
        "next": None,
    }  # fmt: skip
    assert [{**page, "next": None} for page in pages] == [
        {**of_each_page, "items": movements[at : at + limit]} for at in range(0, len(movements) or 1, limit)
    ]


def test_the_explanation_is_told_in_chinese_too(world: Counter) -> None:
    explained = [
        item["because"]
        for customer_id in (MS_CHEN, MR_WU)
        for item in world.shown(f"/customers/{customer_id}/balance/explanation", accept_language="zh")["items"]
    ]

    assert (explained[0], *explained[2:5], *explained[12:15]) == (
        "15 积分未在有效期内使用，已于 2026-03-12 失效。",
        "在 tianhe 使用 200 积分：Charger",
        "退货扣回 149 积分。",
        "因投诉处理较久，赠送 300 积分，有效期至 2026-03-22。",
        "订单获得 8 积分，每一货币单位 2 分，有效期至 2026-04-05。",
        "退货扣回 5 积分，另有 15 积分此前已被使用。",
        "在 tianhe 使用 15 积分：Cable",
    )


@pytest.mark.parametrize("reason", ["correction", "a reason of newer code"])
def test_points_that_came_otherwise_are_told_in_both_languages(reason: str) -> None:
    names = ("rate", "expired_on", "shortfall", "unit", "purpose")
    movement = SimpleNamespace(kind="earned", reason=reason, points=7, expires_on="2028-03-01", **dict.fromkeys(names))

    assert [explanation_of(movement, language) for language in (Language.EN, Language.ZH)] == [
        "7 points were credited; to be spent by 2028-03-01.",
        "记入 7 积分，有效期至 2028-03-01。",
    ]

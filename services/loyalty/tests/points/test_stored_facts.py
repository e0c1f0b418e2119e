"""Facts of points accounts, one by one and whole: as of the day it happened, at the member's level."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from crm_loyalty.members.membership import member_id
from crm_loyalty.points.lots import LotShare, lot_id
from crm_loyalty.points.points_account import account_id
from crm_loyalty.vocabulary import EarningReason, Level
from services.loyalty.tests.counter import Counter
from services.loyalty.tests.world import (
    ANNA,
    CABLE,
    COMPLAINT,
    DOLLARS,
    FORGOTTEN,
    GIFT,
    HERS,
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
    lot_of,
    shown,
)

LEVELS = {MS_CHEN: Level.GOLD, MR_WU: Level.ORDINARY, ANNA: Level.SILVER}
OF_ALL_EARNINGS = dict.fromkeys(("order_id", "amount", "currency", "level", "rate", "case_id", "waited"))
THANKS = lot_id(account_id(MS_CHEN), EarningReason.GOODWILL, COMPLAINT)


def moment(text: str) -> datetime:
    """Read a moment as it is shown."""
    return datetime.fromisoformat(text)


def earned(points: int, version: int, at: str, last_day: date, balance: int, **more: Any) -> tuple[str, dict[str, Any]]:
    """Write the points of an earning, which end at midnight in China after their last day."""
    ends_at = datetime(last_day.year, last_day.month, last_day.day, 16, tzinfo=UTC)
    content = {"points": points, "programme_version": version, "earned_at": moment(at), "balance": balance}
    return "Earned", {**OF_ALL_EARNINGS, **content, "expires_on": last_day, "ends_at": ends_at, **more}


def bought(customer_id: UUID, order_id: UUID, paid: str, rate: str) -> dict[str, Any]:
    """Write the facts about the order that earned points."""
    amount, currency = paid.split()
    return {
        "lot_id": lot_of(customer_id, order_id),
        "member_id": member_id(customer_id),
        "reason": EarningReason.PURCHASE,
        "order_id": order_id,
        "amount": Decimal(amount),
        "currency": currency,
        "level": LEVELS[customer_id],
        "rate": Decimal(rate),
    }


def spent(
    customer_id: UUID, redemption_id: UUID, unit: str, purpose: str, balance: int, *shares: LotShare
) -> tuple[str, dict[str, Any]]:
    """Write a redemption."""
    content = {"redemption_id": redemption_id, "member_id": member_id(customer_id), "unit": unit, "purpose": purpose}
    return "Redeemed", {
        **content,
        "points": sum(share.points for share in shares),
        "from_lots": shares,
        "balance": balance,
    }


def taken_back(customer_id: UUID, return_id: UUID, order_id: UUID, **more: Any) -> tuple[str, dict[str, Any]]:
    """Write the points that a return took back."""
    whose = {"return_id": return_id, "order_id": order_id, "member_id": member_id(customer_id), "lapsed": 0}
    return "TakenBack", {**whose, **more}


def opened(customer_id: UUID) -> tuple[str, dict[str, Any]]:
    """Write the opening of an account."""
    return "Opened", {"customer_id": customer_id, "member_id": member_id(customer_id)}


def test_every_movement_of_a_gold_members_points_is_kept_in_the_order_in_which_it_was_reported(world: Counter) -> None:
    charger = UUID("dbbee5e2-47c4-5b60-932d-bc5e623bae0a")
    phone, dollars = lot_of(MS_CHEN, PHONE), lot_of(MS_CHEN, DOLLARS)

    assert world.stored(account_id(MS_CHEN)) == [
        opened(MS_CHEN),
        earned(449, 1, shown("02-03"), date(2028, 2, 3), 449, **bought(MS_CHEN, PHONE, "299.90 CNY", "1.5")),
        earned(215, 2, shown("02-20"), date(2026, 3, 20), 664, **bought(MS_CHEN, DOLLARS, "10 USD", "21.5")),
        spent(MS_CHEN, GIFT, "yuexiu", "手机壳", 614, LotShare(dollars, 50)),
        earned(*(150, 1, shown("02-09", "15:59:59"), date(2028, 2, 9), 599), **bought(MS_CHEN, LATE, "100 CNY", "1.5")),
        earned(10, 2, shown("03-10"), date(2026, 4, 10), 774, **bought(MS_CHEN, CABLE, "3.34 CNY", "3")),
        taken_back(
            *(MS_CHEN, PHONE_BACK, PHONE),
            refund=Decimal(100),
            order_total=Decimal("299.90"),
            points=149,
            from_lots=(LotShare(phone, 149),),
            shortfall=0,
            balance=615,
        ),
        earned(15, 2, shown("02-11"), date(2026, 3, 11), 465, **bought(MS_CHEN, FORGOTTEN, "5 CNY", "3")),
        the_thanks(),
        expired(lot_of(MS_CHEN, FORGOTTEN), 15, 925),
        spent(MS_CHEN, charger, "tianhe", "Charger", 715, LotShare(dollars, 165), LotShare(THANKS, 35)),
    ]


def the_thanks() -> tuple[str, dict[str, Any]]:
    """Write the points for her complaint, three days and a second old."""
    case = {"case_id": COMPLAINT, "waited": timedelta(days=3, seconds=1)}
    whose = {"lot_id": THANKS, "member_id": member_id(MS_CHEN), "reason": EarningReason.GOODWILL}
    return earned(300, 2, shown("02-22"), date(2026, 3, 22), 930, **case, **whose)


def expired(lot: UUID, points: int, balance: int) -> tuple[str, dict[str, Any]]:
    """Write the end of her forgotten points."""
    content = {"lot_id": lot, "member_id": member_id(MS_CHEN), "points": points, "balance": balance}
    return "Expired", {**content, "expired_on": date(2026, 3, 12)}


def test_every_movement_of_an_ordinary_and_a_silver_members_points_is_kept(world: Counter) -> None:
    his = lot_of(MR_WU, HIS)

    assert world.stored(account_id(MR_WU)) == [
        opened(MR_WU),
        earned(20, 2, shown("02-13"), date(2026, 3, 13), 20, **bought(MR_WU, HIS, "10 CNY", "2")),
        spent(MR_WU, HIS_GIFT, "tianhe", "Cable", 5, LotShare(his, 15)),
        taken_back(
            *(MR_WU, HIS_BACK, HIS),
            refund=Decimal(10),
            order_total=Decimal(10),
            points=5,
            from_lots=(LotShare(his, 5),),
            shortfall=15,
            balance=0,
        ),
        earned(14, 2, shown("03-05"), date(2026, 4, 5), 14, **bought(MR_WU, HIS_DOLLAR, "1 USD", "14")),
        earned(6, 2, shown("03-05"), date(2026, 4, 5), 20, **bought(MR_WU, HIS_YUAN, "3 CNY", "2")),
        earned(8, 2, shown("03-05", "01:00:00"), date(2026, 4, 5), 8, **bought(MR_WU, HIS_FIRST, "4 CNY", "2")),
    ]
    assert world.stored(account_id(ANNA)) == [
        opened(ANNA),
        earned(*(8, 2, shown("03-31", "16:30:00"), date(2026, 5, 1), 8), **bought(ANNA, HERS, "3.30 CNY", "2.5")),
    ]

"""One world of loyalty, in the order in which it was reported, not in that in which it happened.

Three members of three levels, two currencies, four units, two versions of the programme; lots that ended, lots that
were declared expired, redemptions in two units, a return that took everything back and one that could not.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from crm_loyalty.members.membership import member_id
from crm_loyalty.points.commands import ExpireLot, GrantGoodwill
from crm_loyalty.points.lots import lot_id
from crm_loyalty.points.points_account import account_id
from crm_loyalty.programme.programme import GoodwillStep, LevelRate
from crm_loyalty.programme.rules import PROGRAMMES
from crm_loyalty.vocabulary import EarningReason, Level
from services.loyalty.tests.counter import Counter

MS_CHEN, MR_WU, ANNA = (UUID(int=number) for number in (7, 8, 9))
PHONE, DOLLARS, LATE, FORGOTTEN, CABLE = (UUID(int=number) for number in (101, 102, 103, 104, 105))
HIS, HIS_DOLLAR, HERS, HIS_YUAN, HIS_FIRST = (UUID(int=number) for number in (106, 107, 108, 109, 110))
COMPLAINT, PHONE_BACK, HIS_BACK, GIFT, HIS_GIFT = (UUID(int=number) for number in (201, 301, 302, 401, 402))
# In China it is the first of April already.
NOW = datetime(2026, 3, 31, 20, 0, tzinfo=UTC)
SECOND = replace(
    PROGRAMMES[0],
    version=2,
    valid_from=datetime.fromisoformat("2026-02-10T00:00:00+08:00"),
    rates=tuple(
        LevelRate(level=level, currency=currency, points_per_unit=Decimal(points))
        for currency, rates in (("CNY", ("2", "2.5", "3")), ("USD", ("14", "15", "21.5")))
        for level, points in zip(Level, rates, strict=True)
    ),
    months_to_spend=1,
    goodwill=(
        GoodwillStep(longer_than=timedelta(days=7), points=900),
        GoodwillStep(longer_than=timedelta(days=3), points=300),
    ),
)
VERSIONS = (SECOND, *PROGRAMMES)


def on(day: str, hour: str = "10:00:00") -> str:
    """Write an hour of a day of 2026, in China's time."""
    return f"2026-{day}T{hour}+08:00"


def shown(day: str, hour: str = "02:00:00") -> str:
    """Write an hour of a day of 2026 as it is shown, in UTC."""
    return f"2026-{day}T{hour}Z"


def lot_of(customer_id: UUID, order_id: UUID) -> UUID:
    """Return the lot that this order earned."""
    return lot_id(account_id(customer_id), EarningReason.PURCHASE, order_id)


def report(counter: Counter) -> None:
    """Report everything, and let the read models process it twice."""
    for number, (at, actor, unit, command, body) in enumerate(_reported(), 1):
        content = {name: str(value) if isinstance(value, UUID) else value for name, value in body.items()}
        counter.asked(
            command, content, crm_occurred_at=at, crm_actor=actor, crm_unit=unit, idempotency_key=f"report-{number}"
        )
    thanks = GrantGoodwill(customer_id=MS_CHEN, case_id=COMPLAINT, waited=timedelta(days=3, seconds=1))
    _by_itself(counter, thanks, "2026-02-22T02:00:00+00:00", "policy")
    ended = ExpireLot(customer_id=MS_CHEN, lot_id=lot_of(MS_CHEN, FORGOTTEN))
    _by_itself(counter, ended, "2026-03-11T16:00:00+00:00", "clock")
    counter.asked(
        "redeem-points",
        {"customer_id": str(MS_CHEN), "points": 200, "purpose": "Charger"},
        crm_occurred_at=on("02-24"),
        crm_actor="li.na",
        crm_unit="tianhe",
        idempotency_key="till-3-receipt-17",
    )
    counter.catch_up()


def _by_itself(counter: Counter, command: Any, at: str, actor: str) -> None:
    counter.happened(
        command, command_id=at, actor=actor, unit="hotline", occurred_at=datetime.fromisoformat(at), recorded_at=NOW
    )


def _reported() -> Iterator[tuple[str, str, str, str, dict[str, Any]]]:
    hers = {"customer_id": MS_CHEN}
    yield on("02-01"), "li.na", "tianhe", "enrol", {**hers, "level": "gold", "card_number": "6688 0001 vip"}
    yield on("02-12"), "he.qiang", "yuexiu", "enrol", {"customer_id": MR_WU}
    anna = {"customer_id": ANNA, "level": "silver", "card_number": "6699-0001"}
    yield on("02-10", "00:00:00"), "deng.yu", "website", "enrol", anna
    yield on("02-05"), "he.qiang", "yuexiu", "issue-card", {**hers, "number": "6688-0003"}
    yield on("02-04"), "deng.yu", "beijing-lu", "issue-card", {**hers, "number": "66880002"}
    yield on("02-05"), "he.qiang", "yuexiu", "issue-card", {**hers, "number": "66880004"}
    yield on("02-03"), "li.na", "tianhe", "earn-points", _order(MS_CHEN, PHONE, "299.90")
    yield on("02-20"), "li.na", "tianhe", "earn-points", _order(MS_CHEN, DOLLARS, "10.00", "USD")
    gift = {**hers, "redemption_id": GIFT, "points": 50, "purpose": "手机壳"}
    yield on("02-20"), "he.qiang", "yuexiu", "redeem-points", gift
    yield on("02-09", "23:59:59"), "deng.yu", "beijing-lu", "earn-points", _order(MS_CHEN, LATE, "100")
    yield on("03-10"), "deng.yu", "beijing-lu", "earn-points", _order(MS_CHEN, CABLE, "3.34")
    yield on("02-23"), "deng.yu", "beijing-lu", "take-back-points", _back(MS_CHEN, PHONE_BACK, PHONE, "100", "299.90")
    yield on("02-11"), "li.na", "tianhe", "earn-points", _order(MS_CHEN, FORGOTTEN, "5")
    yield on("02-13"), "he.qiang", "yuexiu", "earn-points", _order(MR_WU, HIS, "10")
    his_gift = {"member_id": member_id(MR_WU), "redemption_id": HIS_GIFT, "points": 15, "purpose": "Cable"}
    yield on("02-14"), "li.na", "tianhe", "redeem-points", his_gift
    yield on("02-15"), "li.na", "tianhe", "take-back-points", _back(MR_WU, HIS_BACK, HIS, "10", "10")
    yield on("03-05"), "shop.bot", "website", "earn-points", _order(MR_WU, HIS_DOLLAR, "1", "USD")
    yield on("03-05"), "shop.bot", "website", "earn-points", _order(MR_WU, HIS_YUAN, "3")
    yield on("03-05", "09:00:00"), "he.qiang", "yuexiu", "earn-points", _order(MR_WU, HIS_FIRST, "4")
    yield on("04-01", "00:30:00"), "shop.bot", "website", "earn-points", _order(ANNA, HERS, "3.30")


def _order(customer_id: UUID, order_id: UUID, amount: str, currency: str = "CNY") -> dict[str, Any]:
    return {"customer_id": customer_id, "order_id": order_id, "amount": amount, "currency": currency}


def _back(customer_id: UUID, return_id: UUID, order_id: UUID, refund: str, total: str) -> dict[str, Any]:
    named = {"customer_id": customer_id, "return_id": return_id, "order_id": order_id}
    return {**named, "refund": refund, "order_total": total}

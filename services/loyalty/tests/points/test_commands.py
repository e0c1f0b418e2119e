"""Commands about points: the furthest value of each field, and one step further."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from crm_eventlog.command import Command
from crm_loyalty.points.commands import EarnPoints, GrantGoodwill, MemberNotNamed, RedeemPoints, TakeBackPoints

CUSTOMER = {"customer_id": UUID(int=7)}
ORDER = {**CUSTOMER, "order_id": UUID(int=9)}
EARN = {**ORDER, "amount": "4999.00", "currency": "CNY"}
RETURN = {**ORDER, "return_id": UUID(int=5), "refund": "199.00", "order_total": "4999.00"}
REDEEM = {**CUSTOMER, "points": 500, "purpose": "手机壳"}
THANK = {**CUSTOMER, "case_id": UUID(int=2), "waited": "P3D"}
MOST = 10**15
LARGEST = Decimal("99999999999999.999999")
TOO_LARGE = "100000000000000"


@pytest.mark.parametrize(
    ("kind", "body", "field", "kept"),
    [
        (EarnPoints, {**EARN, "amount": "0.000001"}, "amount", Decimal("0.000001")),
        (EarnPoints, {**EARN, "amount": LARGEST}, "amount", LARGEST),
        (TakeBackPoints, {**RETURN, "refund": "0.000001"}, "refund", Decimal("0.000001")),
        (TakeBackPoints, {**RETURN, "refund": LARGEST}, "refund", LARGEST),
        (TakeBackPoints, {**RETURN, "order_total": "0.000001"}, "order_total", Decimal("0.000001")),
        (TakeBackPoints, {**RETURN, "order_total": LARGEST}, "order_total", LARGEST),
        (RedeemPoints, {**REDEEM, "points": 1}, "points", 1),
        (RedeemPoints, {**REDEEM, "points": MOST}, "points", MOST),
        (RedeemPoints, {**REDEEM, "purpose": "壳"}, "purpose", "壳"),
        (RedeemPoints, {**REDEEM, "purpose": "壳" * 200}, "purpose", "壳" * 200),
        (RedeemPoints, REDEEM, "redemption_id", None),
        (GrantGoodwill, {**THANK, "waited": "P0D"}, "waited", timedelta(0)),
        (GrantGoodwill, {**THANK, "waited": "P150000D"}, "waited", timedelta(days=150_000)),
    ],
)
def test_the_furthest_value_is_kept(kind: type[Command], body: dict[str, Any], field: str, kept: Any) -> None:
    assert getattr(kind.model_validate(body), field) == kept


@pytest.mark.parametrize(
    ("kind", "body", "field"),
    [
        (EarnPoints, {**EARN, "amount": "0"}, "amount"),
        (EarnPoints, {**EARN, "amount": "0.0000001"}, "amount"),
        (EarnPoints, {**EARN, "amount": TOO_LARGE}, "amount"),
        (EarnPoints, {**EARN, "currency": "cny"}, "currency"),
        (EarnPoints, {**EARN, "currency": "CNYX"}, "currency"),
        (TakeBackPoints, {**RETURN, "refund": "0"}, "refund"),
        (TakeBackPoints, {**RETURN, "refund": TOO_LARGE}, "refund"),
        (TakeBackPoints, {**RETURN, "order_total": "0"}, "order_total"),
        (TakeBackPoints, {**RETURN, "order_total": TOO_LARGE}, "order_total"),
        (RedeemPoints, {**REDEEM, "points": 0}, "points"),
        (RedeemPoints, {**REDEEM, "points": MOST + 1}, "points"),
        (RedeemPoints, {**REDEEM, "purpose": ""}, "purpose"),
        (RedeemPoints, {**REDEEM, "purpose": "壳" * 201}, "purpose"),
        (GrantGoodwill, {**THANK, "waited": "-PT1S"}, "waited"),
        (GrantGoodwill, {**THANK, "waited": "P150000DT1S"}, "waited"),
    ],
)
def test_one_step_further_is_refused_by_its_field(kind: type[Command], body: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        kind.model_validate(body)

    assert {error["loc"][0] for error in refused.value.errors()} == {field}


def test_whose_points_are_spent_is_said_once_and_the_refusal_names_who_was_said() -> None:
    with pytest.raises(ValidationError) as refused:
        RedeemPoints.model_validate({**REDEEM, "member_id": UUID(int=8)})

    (error,) = refused.value.errors()
    assert isinstance(error["ctx"]["error"], MemberNotNamed)
    assert (error["ctx"]["error"].field, error["ctx"]["error"].value) == ("customer_id", UUID(int=7))

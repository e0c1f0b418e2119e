"""Limits of the commands about campaigns."""

from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from crm_marketing.campaigns import commands
from services.marketing.tests.running_service import PLAN

ONE: dict[str, Any] = {"campaign_id": UUID(int=1)}


def plan(**changes: Any) -> commands.PlanCampaign:
    return commands.PlanCampaign(**{**PLAN, **changes})


def both(text: str) -> dict[str, str]:
    return {"en": text, "zh": text}


@pytest.mark.parametrize(
    ("field", "longest"), [("name", 200), ("code", 20), ("subject", 200), ("body", 20_000)]
)  # fmt: skip
def test_a_plans_texts_are_not_empty_and_not_longer_than_allowed(field: str, longest: int) -> None:
    def text(length: int) -> Any:
        return both("x" * length) if field in ("subject", "body") else "x" * length

    for length in (1, longest):
        plan(**{field: text(length)})
    for length in (0, longest + 1):
        with pytest.raises(ValidationError):
            plan(**{field: text(length)})


@pytest.mark.parametrize(
    ("kind", "given", "field", "longest"),
    [
        (commands.ApproveCampaign, ONE, "remark", 4000),
        (commands.RejectCampaign, ONE, "reason", 4000),
        (commands.RequestMessages, {**ONE, "customer_ids": (UUID(int=7),)}, "rule", 100),
    ],
)
def test_what_is_said_is_not_empty_and_not_longer_than_allowed(
    kind: Any, given: dict[str, Any], field: str, longest: int
) -> None:
    for length in (1, longest):
        assert getattr(kind(**given, **{field: "x" * length}), field) == "x" * length
    for length in (0, longest + 1):
        with pytest.raises(ValidationError):
            kind(**given, **{field: "x" * length})


@pytest.mark.parametrize(
    ("kind", "field", "one"),
    [
        (commands.RequestMessages, "customer_ids", lambda number: UUID(int=number)),
        (
            commands.LeaveOutCustomers,
            "customers",
            lambda number: {"customer_id": UUID(int=number), "reason": "no_consent"},
        ),
    ],
)
def test_a_batch_has_one_to_five_hundred_customers(kind: Any, field: str, one: Any) -> None:
    for count in (1, 500):
        assert len(getattr(kind(**ONE, rule="x", **{field: [one(number) for number in range(count)]}), field)) == count
    for count in (0, 501):
        with pytest.raises(ValidationError):
            kind(**ONE, rule="x", **{field: [one(number) for number in range(count)]})


@pytest.mark.parametrize(
    "audience",
    [{"languages": ["zh"] * 3}, {"importance": ["red"] * 4}, {"cities": ["x"] * 201}, {"cities": ["x"], "age": 3}],
)
def test_an_audience_names_no_more_than_there_is(audience: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        plan(audience=audience)


def test_a_plan_may_go_to_every_edge_and_is_for_everybody_by_e_mail_unless_it_says_so() -> None:
    edge = plan(starts_on="2000-01-01", ends_on="2099-12-31", budget={"amount": "999999999999.99", "currency": "CNY"})
    widest = {"languages": ["zh", "en"], "importance": ["red", "general", "black"], "cities": [" x "] * 200}

    assert edge.model_dump(mode="json", include={"starts_on", "ends_on", "budget"}) == {
        "starts_on": "2000-01-01",
        "ends_on": "2099-12-31",
        "budget": {"amount": "999999999999.99", "currency": "CNY"},
    }
    assert edge.audience == commands.Audience(consent_channel="email", languages=(), importance=(), cities=())
    assert plan(audience=widest).audience.cities == ("x",) * 200
    for odd in ({"starts_on": "1999-12-31"}, {"ends_on": "2100-01-01"}):
        with pytest.raises(ValidationError):
            plan(**odd)
    with pytest.raises(ValidationError):
        plan(budget={"amount": "1000000000000.00", "currency": "CNY"})

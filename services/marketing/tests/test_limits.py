"""The edges of what marketing can be asked, and who is named as having done what."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from crm_chassis.testing import NOON
from crm_events import marketing as said
from crm_marketing import commands as ask
from crm_marketing.domain.code import SERIES, CodeOutsideTheSeries
from crm_marketing.settings import Settings
from services.marketing.tests.at_work import PLAN, Marketing, a_customer

ONE: dict[str, Any] = {"campaign_id": UUID(int=1)}
MESSAGE: dict[str, Any] = {"message_id": UUID(int=2)}


def plan(**changes: Any) -> ask.PlanCampaign:
    return ask.PlanCampaign(**{**PLAN, **changes})


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
        (ask.ApproveCampaign, ONE, "remark", 4000),
        (ask.RejectCampaign, ONE, "reason", 4000),
        (ask.RequestMessages, {**ONE, "customer_ids": (UUID(int=7),)}, "rule", 100),
        (ask.RecordAcceptance, MESSAGE, "provider_reference", 200),
        (ask.RecordBounce, MESSAGE, "reason", 4000),
        (ask.RecordAnswer, MESSAGE, "answer", 4000),
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
        (ask.RequestMessages, "customer_ids", lambda number: UUID(int=number)),
        (ask.LeaveOutCustomers, "customers", lambda number: {"customer_id": UUID(int=number), "reason": "no_consent"}),
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
    assert edge.audience == ask.Audience(consent_channel="email", languages=(), importance=(), cities=())
    assert plan(audience=widest).audience.cities == ("x",) * 200
    for odd in ({"starts_on": "1999-12-31"}, {"ends_on": "2100-01-01"}):
        with pytest.raises(ValidationError):
            plan(**odd)
    with pytest.raises(ValidationError):
        plan(budget={"amount": "1000000000000.00", "currency": "CNY"})


@pytest.mark.parametrize(("code", "inside"), [("CM-2026-000", True), ("CM-2099-99999", True), ("CM-2026-100000", False),
    ("CM-2126-048", False), ("CM-2026-0999", False)])  # fmt: skip
def test_the_series_of_codes_ends_somewhere(code: str, inside: bool) -> None:
    if inside:
        SERIES.refuse_outsiders(code)
    else:
        with pytest.raises(CodeOutsideTheSeries):
            SERIES.refuse_outsiders(code)


def test_the_mail_server_is_on_port_25_without_encryption_unless_it_is_set() -> None:
    unset = Settings()

    said_of_mail = {name: value for name, value in unset.model_dump().items() if name.startswith("smtp_")}
    assert said_of_mail.pop("smtp_password").get_secret_value() == ""
    assert said_of_mail == {
        "smtp_host": "", "smtp_port": 25, "smtp_security": "none", "smtp_user": "",
        "smtp_from": "marketing@localhost", "smtp_timeout_seconds": 30,
    }  # fmt: skip
    for odd in ({"smtp_port": 0}, {"smtp_port": 65536}, {"smtp_timeout_seconds": 0}, {"smtp_timeout_seconds": 601}):
        with pytest.raises(ValidationError):
            Settings(**odd)
    edges = Settings(smtp_port=65535, smtp_timeout_seconds=600), Settings(smtp_port=1, smtp_timeout_seconds=0.5)
    assert [(one.smtp_port, one.smtp_timeout_seconds) for one in edges] == [(65535, 600), (1, 0.5)]


def test_a_message_says_who_caused_it_and_when_it_happened_and_was_recorded(marketing: Marketing) -> None:
    marketing.hear(*a_customer(7), *a_customer(8, consent=False))
    campaign_id = str(marketing.ask("plan-campaign", **PLAN)["id"])
    for step in ("submit", "approve"):
        marketing.ask(f"{step}-campaign", campaign_id=campaign_id)
    earlier = NOON - timedelta(hours=2)
    heads = {"Crm-Occurred-At": earlier.isoformat(), "Crm-Correlation-Id": "a-campaign"}
    assert marketing.web.command("launch-campaign", {"campaign_id": campaign_id}, **heads).status_code == 201
    marketing.now = NOON + timedelta(hours=1)
    marketing.turn()

    (launch,), (request,) = marketing.said(said.CampaignLaunched), marketing.said(said.MessageRequested)
    expected = {
        said.MessageRequested: (launch, earlier), said.CustomerLeftOut: (launch, earlier),
        said.MessageHandedOver: (request, marketing.now), said.MessageAccepted: (request, marketing.now),
    }  # fmt: skip
    for kind, (cause, happened) in expected.items():
        (event,) = marketing.said(kind)
        assert (event.actor, event.role, event.unit, event.channel) == (
            "effect:mailing", "system", launch.unit, launch.channel,
        )  # fmt: skip
        assert (event.time, event.recorded_at, event.causation_id) == (happened, marketing.now, str(cause.id))
        assert (event.correlation_id, event.traceparent) == (launch.correlation_id, launch.traceparent)


def test_what_was_decided_names_the_rule_that_decided_it(marketing: Marketing) -> None:
    marketing.hear(*a_customer(7), *a_customer(8, consent=False))
    campaign_id = marketing.launched()
    marketing.turn()
    marketing.ask("request-messages", campaign_id=campaign_id, customer_ids=[str(UUID(int=9))])

    store = marketing.web.store
    facts = [fact for part in range(store.partitions) for fact in store.read(part, 0, 100)]
    of_messages = [fact for fact in facts if fact.topic == "Message.Considered"]
    assert sorted(b"sending 2026-1" in fact.state for fact in of_messages) == [False, True, True]
    assert sorted(b"by hand" in fact.state for fact in of_messages) == [False, False, True]

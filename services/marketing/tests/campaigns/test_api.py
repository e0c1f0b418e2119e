"""Campaigns over HTTP: what people ask for, and what they are shown."""

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from crm_chassis.testing import client
from crm_marketing.service import SERVICE
from services.marketing.tests.running_service import PLAN, Marketing

MS_CHEN = UUID(int=7)
NOBODY = "00000000-0000-0000-0000-00000000dead"


def refused(answer: Any) -> tuple[int, str]:
    """Return the status and the kind of an error."""
    return answer.status_code, answer.json()["type"].rpartition("/")[2].rpartition(":")[2]


def left_out(number: int, reason: str = "no_consent") -> dict[str, str]:
    return {"customer_id": str(UUID(int=number)), "reason": reason}


def ids(*numbers: int) -> list[str]:
    return [str(UUID(int=number)) for number in numbers]


@pytest.mark.feature("M55")
def test_every_plan_has_a_code_of_one_series_that_is_taken_only_once(marketing: Marketing) -> None:
    marketing.ask("plan-campaign", **PLAN)
    marketing.ask("plan-campaign", **{**PLAN, "code": "CM-2026-777"})

    again = marketing.web.command("plan-campaign", {**PLAN, "name": "Another"})
    odd = marketing.web.command("plan-campaign", {**PLAN, "code": "SPRING-26"})
    marketing.turn()
    shown = marketing.get("/campaigns")["items"]

    assert (refused(again), refused(odd)) == ((409, "code-already-taken"), (422, "code-outside-the-series"))
    assert sorted(campaign["code"] for campaign in shown) == sorted([PLAN["code"], "CM-2026-777"])


@pytest.mark.parametrize(
    "odd",
    [
        {"code": "SPRING"},
        {"ends_on": "2026-02-28"},
        {"starts_on": "0001-01-01"},
        {"ends_on": "9999-12-31"},
        {"budget": {"amount": "-1", "currency": "CNY"}},
        {"budget": {"amount": "NaN", "currency": "CNY"}},
        {"budget": {"amount": "1e400", "currency": "CNY"}},
        {"budget": {"amount": "1.001", "currency": "CNY"}},
        {"budget": {"amount": "1", "currency": "yuan"}},
        {"subject": {"en": "The\nnew X2", "zh": "全新 X2"}},
        {"body": {"en": "Dear {first_name}", "zh": "您好"}},
        {"body": {"en": "Dear {name}"}},
        {"audience": {"consent_channel": "sms"}},
        {"audience": {"languages": ["fr"]}},
    ],
)
def test_a_plan_that_cannot_be_meant_is_refused_with_its_field(marketing: Marketing, odd: dict[str, Any]) -> None:
    answer = marketing.web.command("plan-campaign", {**PLAN, **odd})

    (violation, *_) = answer.json()["errors"]
    assert answer.status_code == 422
    assert violation["field"].startswith(next(iter(odd)))


def test_a_refusal_is_read_in_chinese_by_whoever_reads_chinese(marketing: Marketing) -> None:
    answer = marketing.web.command("plan-campaign", {**PLAN, "code": "SPRING"}, accept_language="zh")

    (violation,) = answer.json()["errors"]
    assert violation["rule"] == "活动编码格式为 CM-年份-序号，序号至少三位，例如 CM-2026-048。"


def test_the_planner_cannot_approve_and_nobody_can_launch_before_the_approval(marketing: Marketing) -> None:
    campaign_id = marketing.ask("plan-campaign", **PLAN)["id"]
    marketing.ask("submit-campaign", campaign_id=campaign_id)

    approved = marketing.web.command("approve-campaign", {"campaign_id": campaign_id})
    launched = marketing.web.command("launch-campaign", {"campaign_id": campaign_id})

    assert refused(approved) == (409, "planner-decided-alone")
    assert refused(launched) == (409, "campaign-not-approved")


def test_a_campaign_is_launched_on_the_day_it_is_said_to_have_been(marketing: Marketing) -> None:
    campaign_id = marketing.ask("plan-campaign", **{**PLAN, "starts_on": "2026-02-20", "ends_on": "2026-02-22"})["id"]
    marketing.ask("submit-campaign", campaign_id=campaign_id)
    marketing.ask("approve-campaign", campaign_id=campaign_id)
    launch = {"campaign_id": campaign_id}

    today = marketing.web.command("launch-campaign", launch)
    reported = marketing.web.command("launch-campaign", launch, **{"Crm-Occurred-At": "2026-02-21T09:00:00+08:00"})

    assert refused(today) == (409, "outside-the-dates")
    assert reported.status_code == 201


@pytest.mark.parametrize(
    ("name", "whom"),
    [
        ("request-messages", {"customer_ids": [str(UUID(int=7))]}),
        ("leave-out-customers", {"customers": [{"customer_id": str(UUID(int=7)), "reason": "no_consent"}]}),
    ],
)
def test_a_campaign_writes_and_leaves_out_on_the_day_it_is_said_to_have_done_so(
    marketing: Marketing, name: str, whom: dict[str, Any]
) -> None:
    plan = {**PLAN, "starts_on": "2026-02-20", "ends_on": "2026-02-22"}
    campaign = {"campaign_id": marketing.ask("plan-campaign", **plan)["id"]}
    for step in ("submit-campaign", "approve-campaign"):
        marketing.ask(step, **campaign)
    within = {"Crm-Occurred-At": "2026-02-21T09:00:00+08:00"}
    assert marketing.web.command("launch-campaign", campaign, **within).status_code == 201

    today = marketing.web.command(name, {**campaign, **whom})
    reported = marketing.web.command(name, {**campaign, **whom}, **within)

    assert refused(today) == (409, "outside-the-dates")
    assert reported.status_code == 201


def test_without_a_mail_server_nothing_is_launched(tmp_path: Path) -> None:
    with client(SERVICE, tmp_path) as web:
        answer = web.command("launch-campaign", {"campaign_id": NOBODY})

    assert refused(answer) == (409, "no-mail-server")
    assert "CRM_MARKETING_SMTP_HOST" in answer.json()["errors"][0]["hint"]


def test_messages_are_requested_once_for_each_customer(marketing: Marketing) -> None:
    campaign_id = marketing.launched()
    marketing.ask("request-messages", campaign_id=campaign_id, customer_ids=ids(1, 2, 2))

    marketing.ask("request-messages", campaign_id=campaign_id, customer_ids=ids(2, 3))
    again = marketing.web.command("request-messages", {"campaign_id": campaign_id, "customer_ids": ids(1, 2, 3)})

    assert refused(again) == (409, "message-already-requested")
    assert facts(marketing, "Message.Considered") == 3


def test_customers_are_left_out_once_and_a_request_can_be_called_back(marketing: Marketing) -> None:
    campaign_id = marketing.launched()
    marketing.ask("request-messages", campaign_id=campaign_id, customer_ids=ids(1))

    marketing.ask("leave-out-customers", campaign_id=campaign_id, customers=[left_out(1), left_out(2), left_out(2)])
    again = {"campaign_id": campaign_id, "customers": [left_out(1), left_out(2, "black_listed")]}

    assert refused(marketing.web.command("leave-out-customers", again)) == (409, "message-already-requested")
    assert (facts(marketing, "Message.Considered"), facts(marketing, "Message.LeftOut")) == (2, 1)


def test_a_batch_is_one_transaction_of_at_most_500(marketing: Marketing) -> None:
    campaign_id = marketing.launched()

    done = marketing.web.command("request-messages", {"campaign_id": campaign_id, "customer_ids": ids(*range(500))})
    more = marketing.web.command("request-messages", {"campaign_id": campaign_id, "customer_ids": ids(*range(501))})

    assert (done.status_code, more.status_code) == (201, 422)
    assert done.json()["id"] == campaign_id
    commands = {fact.command_id for fact in stored(marketing) if fact.topic == "Message.Considered"}
    assert (facts(marketing, "Message.Considered"), len(commands)) == (500, 1)


def test_nobody_is_written_to_before_the_launch(marketing: Marketing) -> None:
    campaign_id = marketing.ask("plan-campaign", **PLAN)["id"]

    early = marketing.web.command("request-messages", {"campaign_id": campaign_id, "customer_ids": ids(1)})

    assert refused(early) == (409, "campaign-not-launched")


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("submit-campaign", {}),
        ("approve-campaign", {}),
        ("reject-campaign", {"reason": "no"}),
        ("launch-campaign", {}),
        ("request-messages", {"customer_ids": ids(1)}),
        ("leave-out-customers", {"customers": [left_out(1)]}),
    ],
)
def test_a_campaign_nobody_planned_is_not_found(marketing: Marketing, name: str, body: dict[str, Any]) -> None:
    assert marketing.web.command(name, {"campaign_id": NOBODY, **body}).status_code == 404


def stored(marketing: Marketing) -> list[Any]:
    store = marketing.web.store
    return [fact for part in range(store.partitions) for fact in store.read(part, 0, 10_000)]


def facts(marketing: Marketing, name: str) -> int:
    """Count the facts of this name in the store."""
    return sum(fact.topic == name for fact in stored(marketing))

"""Marketing over HTTP: what people ask for, and what they are shown."""

from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from crm_chassis.fuzzing import fuzz
from crm_chassis.testing import client
from crm_events import marketing as said
from crm_events.sales import LeadCaptured, LeadConverted, OrderPlaced
from crm_events.values import Channel, Money
from crm_marketing.__main__ import SERVICE
from crm_marketing.api import HISTORY
from crm_marketing.domain.message import message_id

MS_CHEN = UUID(int=7)
NOBODY = "00000000-0000-0000-0000-00000000dead"
PLAN = {
    "code": "CM-2026-048",
    "name": "X2 spring",
    "starts_on": "2026-03-01",
    "ends_on": "2026-03-07",
    "budget": {"amount": "1000.00", "currency": "CNY"},
    "subject": {"en": "The new X2", "zh": "全新 X2"},
    "body": {"en": "Dear {name}", "zh": "{name}，您好"},
}


def refused(answer: Any) -> tuple[int, str]:
    """The status and the kind of a refusal."""
    return answer.status_code, answer.json()["type"].rpartition("/")[2].rpartition(":")[2]


def left_out(number: int, reason: str = "no_consent") -> dict[str, str]:
    return {"customer_id": str(UUID(int=number)), "reason": reason}


def ids(*numbers: int) -> list[str]:
    return [str(UUID(int=number)) for number in numbers]


@pytest.mark.feature("M55")
def test_a_code_is_taken_only_once(marketing: Any) -> None:
    marketing.ask("plan-campaign", **PLAN)

    again = marketing.web.command("plan-campaign", {**PLAN, "name": "Another"})

    assert refused(again) == (409, "code-already-taken")


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
def test_a_plan_that_cannot_be_meant_is_refused_with_its_field(marketing: Any, odd: dict[str, Any]) -> None:
    answer = marketing.web.command("plan-campaign", {**PLAN, **odd})

    (violation, *_) = answer.json()["errors"]
    assert answer.status_code == 422
    assert violation["field"].startswith(next(iter(odd)))


def test_a_refusal_is_read_in_chinese_by_whoever_reads_chinese(marketing: Any) -> None:
    answer = marketing.web.command("plan-campaign", {**PLAN, "code": "SPRING"}, accept_language="zh")

    (violation,) = answer.json()["errors"]
    assert violation["rule"] == "活动编码格式为 CM-年份-序号，序号至少三位，例如 CM-2026-048。"


@pytest.mark.feature("X12")
def test_the_planner_cannot_approve_and_nobody_can_launch_before_the_approval(marketing: Any) -> None:
    campaign_id = marketing.ask("plan-campaign", **PLAN)["id"]
    marketing.ask("submit-campaign", campaign_id=campaign_id)

    approved = marketing.web.command("approve-campaign", {"campaign_id": campaign_id})
    launched = marketing.web.command("launch-campaign", {"campaign_id": campaign_id})

    assert refused(approved) == (409, "planner-decided-alone")
    assert refused(launched) == (409, "campaign-not-approved")


def test_a_campaign_is_launched_on_the_day_it_is_said_to_have_been(marketing: Any) -> None:
    campaign_id = marketing.ask("plan-campaign", **{**PLAN, "starts_on": "2026-02-20", "ends_on": "2026-02-22"})["id"]
    marketing.ask("submit-campaign", campaign_id=campaign_id)
    marketing.ask("approve-campaign", campaign_id=campaign_id)
    launch = {"campaign_id": campaign_id}

    today = marketing.web.command("launch-campaign", launch)
    reported = marketing.web.command("launch-campaign", launch, **{"Crm-Occurred-At": "2026-02-21T09:00:00+08:00"})

    assert refused(today) == (409, "outside-the-dates")
    assert reported.status_code == 201


def test_without_a_mail_server_nothing_is_launched(tmp_path: Path) -> None:
    with client(SERVICE, tmp_path) as web:
        answer = web.command("launch-campaign", {"campaign_id": NOBODY})

    assert refused(answer) == (409, "no-mail-server")
    assert "CRM_MARKETING_SMTP_HOST" in answer.json()["errors"][0]["way_out"]


@pytest.mark.parametrize("name", ["hand-over-message", "record-unknown-outcome"])
def test_what_belongs_to_the_sender_is_not_asked_over_http(marketing: Any, name: str) -> None:
    assert marketing.web.command(name, {"message_id": NOBODY}).status_code == 404


def test_messages_are_requested_once_for_each_customer(marketing: Any) -> None:
    campaign_id = marketing.launched()
    marketing.ask("request-messages", campaign_id=campaign_id, customer_ids=ids(1, 2, 2))

    marketing.ask("request-messages", campaign_id=campaign_id, customer_ids=ids(2, 3))
    again = marketing.web.command("request-messages", {"campaign_id": campaign_id, "customer_ids": ids(1, 2, 3)})

    assert refused(again) == (409, "message-already-requested")
    assert facts(marketing, "Message.Considered") == 3


def test_customers_are_left_out_once_and_a_request_can_be_called_back(marketing: Any) -> None:
    campaign_id = marketing.launched()
    marketing.ask("request-messages", campaign_id=campaign_id, customer_ids=ids(1))

    marketing.ask("leave-out-customers", campaign_id=campaign_id, customers=[left_out(1), left_out(2), left_out(2)])
    again = {"campaign_id": campaign_id, "customers": [left_out(1), left_out(2, "black_listed")]}

    assert refused(marketing.web.command("leave-out-customers", again)) == (409, "message-already-requested")
    assert (facts(marketing, "Message.Considered"), facts(marketing, "Message.LeftOut")) == (2, 1)


def test_a_batch_is_one_transaction_of_at_most_500(marketing: Any) -> None:
    campaign_id = marketing.launched()

    done = marketing.web.command("request-messages", {"campaign_id": campaign_id, "customer_ids": ids(*range(500))})
    more = marketing.web.command("request-messages", {"campaign_id": campaign_id, "customer_ids": ids(*range(501))})

    assert (done.status_code, more.status_code) == (201, 422)
    assert done.json()["id"] == campaign_id
    commands = {fact.command_id for fact in stored(marketing) if fact.topic == "Message.Considered"}
    assert (facts(marketing, "Message.Considered"), len(commands)) == (500, 1)


def test_nobody_is_written_to_before_the_launch(marketing: Any) -> None:
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
def test_a_campaign_nobody_planned_is_not_found(marketing: Any, name: str, body: dict[str, Any]) -> None:
    assert marketing.web.command(name, {"campaign_id": NOBODY, **body}).status_code == 404


@pytest.mark.parametrize(
    ("name", "body"),
    [("record-acceptance", {}), ("record-bounce", {"reason": "550"}), ("record-answer", {"answer": "yes"})],
)
def test_a_message_nobody_requested_is_not_found(marketing: Any, name: str, body: dict[str, Any]) -> None:
    assert marketing.web.command(name, {"message_id": NOBODY, **body}).status_code == 404


@pytest.mark.feature("M66")
def test_a_customers_answer_is_recorded_and_shown(marketing: Any, customer: Any) -> None:
    marketing.hear(*customer(7))
    campaign_id = marketing.launched()
    marketing.turn()

    message = str(message_id(UUID(campaign_id), MS_CHEN))
    marketing.ask("record-answer", message_id=message, answer="请问天河店有现货吗？")
    marketing.turn()

    (shown,) = marketing.get(f"/customers/{MS_CHEN}/messages")["items"]
    assert (shown["state"], shown["outcome"], shown["answer"]) == ("answered", "accepted", "请问天河店有现货吗？")
    assert marketing.said(said.MessageAnswered)[0].subject == UUID(message)


@pytest.mark.feature("M54", "M56")
def test_a_campaign_is_seen_from_its_plan_to_what_it_brought(marketing: Any, customer: Any) -> None:
    marketing.hear(*customer(7), *customer(8), *customer(9, consent=False))
    campaign_id = marketing.launched(**PLAN)
    marketing.turn()
    marketing.ask("record-answer", message_id=str(message_id(UUID(campaign_id), MS_CHEN)), answer="yes")
    marketing.hear(*sold("CM-2026-048"))
    marketing.turn()

    results = marketing.get(f"/campaigns/{campaign_id}/results")

    assert results == {
        "campaign_id": campaign_id,
        "code": "CM-2026-048",
        "requested": 2,
        "left_out": {"no_consent": 1},
        "handed_over": 2,
        "accepted": 2,
        "bounced": 0,
        "unknown": 0,
        "answered": 1,
        "leads": 1,
        "orders": 1,
        "budget": {"amount": "1000.00", "currency": "CNY"},
        "revenue": [{"amount": "5098.00", "currency": "CNY"}],
        "answer_rate": 0.5,
        "return_on_budget": 5.098,
    }


def test_the_results_of_a_campaign_that_did_nothing_are_nothing(marketing: Any) -> None:
    campaign_id = marketing.ask("plan-campaign", **{**PLAN, "budget": {"amount": "0", "currency": "CNY"}})["id"]
    marketing.turn()

    results = marketing.get(f"/campaigns/{campaign_id}/results")

    assert (results["requested"], results["left_out"], results["revenue"]) == (0, {}, [])
    assert (results["answer_rate"], results["return_on_budget"]) == (None, None)


@pytest.mark.feature("M68")
def test_a_lead_and_its_order_are_shown_in_one_line_of_the_campaign(marketing: Any) -> None:
    campaign_id = marketing.ask("plan-campaign", **PLAN)["id"]
    marketing.turn()
    marketing.hear(*sold("CM-2026-048"))

    (line,) = marketing.get(f"/campaigns/{campaign_id}/sales")["items"]

    assert (line["campaign_code"], UUID(line["lead_id"]).int, UUID(line["order_id"]).int) == ("CM-2026-048", 41, 43)
    assert (line["amount"], line["refunded"], line["currency"]) == ("5098.00", "0", "CNY")


def test_campaigns_are_shown_by_state_with_the_latest_start_first(marketing: Any) -> None:
    marketing.launched(code="CM-2026-001", starts_on="2026-02-01")
    marketing.ask("plan-campaign", **{**PLAN, "code": "CM-2026-002"})
    marketing.ask("plan-campaign", **{**PLAN, "code": "CM-2026-003", "starts_on": "2026-03-02"})
    marketing.turn()

    first = marketing.get("/campaigns?limit=2")
    rest = marketing.get(f"/campaigns?limit=2&cursor={first['next']}")
    launched = marketing.get("/campaigns?state=launched")

    assert [item["code"] for item in (*first["items"], *rest["items"])] == ["CM-2026-003", "CM-2026-002", "CM-2026-001"]
    assert [item["code"] for item in launched["items"]] == ["CM-2026-001"]
    assert rest["next"] is None


def test_one_campaign_is_shown_with_its_audience_and_words(marketing: Any) -> None:
    audience = {"languages": ["zh"], "importance": ["red"], "cities": ["广州"]}
    campaign_id = marketing.ask("plan-campaign", **{**PLAN, "audience": audience})["id"]
    marketing.turn()

    shown = marketing.get(f"/campaigns/{campaign_id}")

    assert shown["audience"] == {"consent_channel": "email", **audience}
    assert (shown["subject"]["zh"], shown["planned_by"], shown["state"]) == ("全新 X2", "lin.mei", "planned")


@pytest.mark.parametrize("part", ["", "/results", "/sales"])
def test_a_campaign_that_does_not_exist_is_not_shown(marketing: Any, part: str) -> None:
    assert marketing.web.get(f"/campaigns/{NOBODY}{part}").status_code == 404


def test_a_customer_sees_what_campaigns_said_the_newest_first(marketing: Any, hours: Any) -> None:
    first = marketing.launched(code="CM-2026-001")
    marketing.ask("leave-out-customers", campaign_id=first, customers=[left_out(7)])
    marketing.now += hours(1)
    second = marketing.launched(code="CM-2026-002")
    marketing.ask("leave-out-customers", campaign_id=second, customers=[left_out(7, "black_listed")])
    marketing.turn()

    newest = marketing.get(f"/customers/{MS_CHEN}/messages?limit=1")
    older = marketing.get(f"/customers/{MS_CHEN}/messages?limit=1&cursor={newest['next']}")

    assert [page["items"][0]["campaign_code"] for page in (newest, older)] == ["CM-2026-002", "CM-2026-001"]
    assert [page["items"][0]["reason"] for page in (newest, older)] == ["black_listed", "no_consent"]


def test_who_was_left_out_and_why_stands_in_the_customers_history(marketing: Any) -> None:
    campaign_id = marketing.launched()
    complaint = {**left_out(7, "open_complaint"), "case_id": str(UUID(int=2))}
    marketing.ask("leave-out-customers", campaign_id=campaign_id, customers=[complaint])
    marketing.turn()

    (entry,) = marketing.get(f"/customers/{MS_CHEN}/history")["items"]

    assert entry["type"] == said.CustomerLeftOut.TYPE


def test_no_request_meets_an_undocumented_answer(marketing: Any) -> None:
    marketing.ask("plan-campaign", **PLAN)
    marketing.turn()

    operations = fuzz(marketing.web.app, examples=5, without=[route.path for route in HISTORY.routes])

    assert "POST /commands/launch-campaign" in operations


def sold(code: str) -> list[Any]:
    """A lead that names the campaign, and the order that came of it."""
    total = Money(amount=Decimal("5098.00"), currency="CNY")
    mine = {"customer_id": MS_CHEN}
    opportunity = {"opportunity_id": UUID(int=42)}
    return [
        LeadCaptured(**mine, lead_id=UUID(int=41), source="web", campaign_code=code, interest="X2"),
        LeadConverted(**mine, lead_id=UUID(int=41), **opportunity),
        OrderPlaced(
            **mine, **opportunity, order_id=UUID(int=43), lines=(), total=total, unit="GZ", channel=Channel.STORE
        ),
    ]


def stored(marketing: Any) -> list[Any]:
    store = marketing.web.store
    return [fact for part in range(store.partitions) for fact in store.read(part, 0, 10_000)]


def facts(marketing: Any, name: str) -> int:
    """How many facts of this name are in the store."""
    return sum(fact.topic == name for fact in stored(marketing))

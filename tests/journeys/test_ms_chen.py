"""Ms Chen: a mail, a phone, a flickering screen, and nobody at any touchpoint is caught off guard."""

from datetime import datetime, timedelta

import pytest

from crm_cli.comparing import compare
from crm_cli.demo.chen import NO_REMEDY
from crm_cli.services import SERVICE_NAMES
from tests.journeys.conftest import Told


@pytest.mark.feature("P27", "P28")
def test_the_clerk_sees_question_reason_date_and_escalated_complaint_as_she_walks_in(chen: Told) -> None:
    then = chen.story.walks_in_at.isoformat()

    desk = chen.read("sales", f"/customers/{chen.customer_id}/front-desk", occurred_by=then)["items"]

    concerns = {concern["kind"]: concern for concern in desk}
    question, complaint = concerns["question"], concerns["complaint"]
    assert (question["state"], question["reason"]) == ("unresolvable", NO_REMEDY)
    assert question["expected_on"].endswith("-12-03")
    assert question["text"].startswith("为什么屏幕")
    assert NO_REMEDY in question["sentence"]
    assert (complaint["state"], complaint["severity"], complaint["channel"]) == ("escalated", "high", "call_centre")
    assert complaint["escalated_to"] in complaint["sentence"]


@pytest.mark.feature("P28")
def test_the_clerk_reads_it_in_chinese_as_well(chen: Told) -> None:
    path, then = f"/customers/{chen.customer_id}/front-desk", chen.story.walks_in_at.isoformat()

    desk = chen.house.ask(lambda callers: callers.read("sales", path, occurred_by=then), language="zh")["items"]

    (question,), (complaint,) = ([each for each in desk if each["kind"] == kind] for kind in ("question", "complaint"))
    assert NO_REMEDY in question["sentence"]
    assert "客户咨询" in question["sentence"]
    assert "暂无解决办法" in question["sentence"]
    assert "投诉" in complaint["sentence"]
    assert "投诉" not in question["sentence"]


def test_nobody_settles_her_complaint_in_time_so_it_is_passed_up_by_its_deadline(chen: Told) -> None:
    (filed,), (escalated,) = chen.said("ComplaintFiled"), chen.said("CaseEscalated")

    waited = datetime.fromisoformat(escalated["occurred_at"]) - datetime.fromisoformat(filed["occurred_at"])
    assert waited == timedelta(days=1)
    assert escalated["role"] == "system"
    assert escalated["cause"] == filed["event_id"]


@pytest.mark.feature("C52")
def test_every_touchpoint_shows_one_history_from_all_of_them_in_the_order_of_time(chen: Told) -> None:
    chen.house.ask(compare)

    histories = [chen.history(name) for name in SERVICE_NAMES]

    assert all(history == histories[0] for history in histories)
    assert {entry["source"] for entry in histories[0]} == set(SERVICE_NAMES)
    assert {entry["channel"] for entry in histories[0]} == {"mail", "web", "call_centre", "store", "service_centre"}
    times = [entry["occurred_at"] for entry in histories[0]]
    assert times == sorted(times)


@pytest.mark.feature("C52")
@pytest.mark.parametrize("touchpoint", SERVICE_NAMES)
def test_what_she_asked_complained_of_and_rated_is_read_with_our_answer_at_every_touchpoint(
    chen: Told, touchpoint: str
) -> None:
    rated_at_the_hotline = {"expectation": 3, "experience": 5, "satisfaction": 2}

    (asked,), (filed,), (rated,) = (
        chen.said(event, touchpoint) for event in ("QuestionAsked", "ComplaintFiled", "ServiceRated")
    )
    answered = [*chen.said("CaseDeclaredUnresolvable", touchpoint), *chen.said("CaseResolved", touchpoint)]

    assert asked["data"]["text"].startswith("为什么屏幕")
    assert [each["channel"] for each in (asked, filed, rated)] == ["web", "call_centre", "call_centre"]
    assert [each["data"]["text"] in each["sentence"] for each in (asked, filed)] == [True, True]
    assert {name: rated["data"][name] for name in rated_at_the_hotline} == rated_at_the_hotline
    assert next(each["data"].get("reason") for each in answered if each["stream"] == asked["stream"]) == NO_REMEDY
    assert [each["data"]["resolution"] for each in answered if each["stream"] == filed["stream"]]


@pytest.mark.feature("C58")
def test_a_salesperson_reads_her_whole_service_history_from_the_question_to_the_rating(chen: Told) -> None:
    path = f"/customers/{chen.customer_id}/history"

    told = chen.read("sales", path, source="support", limit="200")["items"]

    assert {entry["source"] for entry in told} == {"support"}
    assert {entry["kind"] for entry in told} == {"question", "complaint", "visit", "rating"}
    in_support = [entry for entry in chen.history("support") if entry["source"] == "support"]
    assert sorted(entry["event_id"] for entry in told) == sorted(entry["event_id"] for entry in in_support)


def test_her_first_mail_was_taken_by_the_provider(chen: Told) -> None:
    (message,) = [each for each in chen.said("MessageAccepted", "support") if "CM-2026-101" in each["sentence"]]

    assert message["unit"] == "CN-HQ"


@pytest.mark.feature("S06")
def test_her_look_at_the_web_becomes_an_opportunity_that_is_won(chen: Told) -> None:
    (lead,), (opened,) = chen.said("LeadCaptured"), chen.said("OpportunityOpened")

    opportunity = chen.read("sales", f"/opportunities/{opened['stream']}")
    funnel = chen.read("sales", "/funnel")

    assert (opportunity["lead_id"], opportunity["campaign_code"]) == (lead["stream"], "CM-2026-101")
    assert (opportunity["state"], opportunity["order_id"]) == ("won", str(chen.story.order_id))
    assert funnel["won"] >= 1
    assert all(stage["open"] == 0 for stage in funnel["stages"])


@pytest.mark.feature("M68")
def test_the_campaign_is_shown_with_the_lead_and_the_sale_it_brought(chen: Told) -> None:
    campaigns = chen.read("marketing", "/campaigns")["items"]
    first = next(each["campaign_id"] for each in campaigns if each["code"] == "CM-2026-101")

    (line,) = chen.read("marketing", f"/campaigns/{first}/sales")["items"]

    assert line["customer_id"] == str(chen.customer_id)
    assert line["order_id"] == str(chen.story.order_id)
    assert line["interest"].startswith("X2 phone")


def test_the_campaign_of_that_week_leaves_her_out_because_her_complaint_is_open(chen: Told) -> None:
    messages = chen.read("marketing", f"/customers/{chen.customer_id}/messages")["items"]

    (second,) = [each for each in messages if each["campaign_code"] == "CM-2026-102"]

    assert (second["state"], second["reason"]) == ("left_out", "open_complaint")
    assert second["case_id"] == str(chen.story.complaint_id)
    assert second["requested_at"] is None


@pytest.mark.feature("C57")
def test_points_come_from_the_order_and_from_the_late_repair_and_name_their_cause(chen: Told) -> None:
    of_order, goodwill = chen.said("PointsEarned")

    (order,) = chen.said("OrderPlaced")
    (settled,) = [each for each in chen.said("CaseResolved") if each["stream"] == str(chen.story.complaint_id)]
    assert (of_order["data"]["points"], of_order["cause"]) == (4999, order["event_id"])
    assert (goodwill["data"]["reason"], goodwill["cause"]) == ("goodwill", settled["event_id"])
    assert of_order["correlation_id"] == order["correlation_id"]
    assert goodwill["correlation_id"] == settled["correlation_id"]


@pytest.mark.feature("P37")
def test_the_three_day_visit_is_done_and_she_rates_it_better_than_expected(chen: Told) -> None:
    (due,) = [each for each in chen.said("VisitFellDue") if each["data"]["rule"] == "three_days"]

    (done,), (rated,) = chen.said("VisitDone"), chen.said("ServiceRated")

    bought = datetime.fromisoformat(chen.said("OrderPlaced")[0]["occurred_at"])
    assert datetime.fromisoformat(due["occurred_at"]) - bought == timedelta(days=3)
    assert done["stream"] == due["stream"]
    assert rated["data"]["satisfaction"] == 2


@pytest.mark.feature("L29", "L31", "L35")
def test_points_of_one_store_are_spent_in_another_and_the_balance_is_explained(chen: Told) -> None:
    (redeemed,) = chen.said("PointsRedeemed")

    balance = chen.read("loyalty", f"/customers/{chen.customer_id}/balance")
    explained = chen.read("loyalty", f"/customers/{chen.customer_id}/balance/explanation")

    bought = chen.said("OrderPlaced")[0]["unit"]
    assert (bought, redeemed["unit"]) == ("GZ-TIANHE", "GZ-YUEXIU")
    movements = {each["kind"]: each["points"] for each in explained["items"]}
    earned = sum(each["points"] for each in explained["items"] if each["points"] > 0)
    assert min(movements.values()) == -500
    assert balance["available"] == explained["available"] == earned - 500
    assert balance["available"] == sum(lot["left"] for lot in balance["items"])

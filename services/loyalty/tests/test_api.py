"""Loyalty over HTTP: what counters ask for, and what they are shown."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from crm_chassis.fuzzing import fuzz
from crm_chassis.testing import PARTITIONS, Client, circumstances, heard
from crm_eventlog.envelope import CloudEvent, circumstances_of
from crm_loyalty.api import HISTORY
from crm_loyalty.commands import GrantGoodwill
from crm_loyalty.publishing import publish

MS_CHEN = "00000000-0000-0000-0000-000000000007"
NOBODY = "00000000-0000-0000-0000-00000000dead"
ORDER = "00000000-0000-0000-0000-000000000065"
ENROL = {"customer_id": MS_CHEN, "card_number": "6688 0001 vip"}
EARN = {"customer_id": MS_CHEN, "order_id": ORDER, "amount": "299.90", "currency": "CNY"}
SPEND = {"customer_id": MS_CHEN, "points": 100, "purpose": "手机壳"}


def asked(loyalty: Client, name: str, body: dict[str, Any], **headers: str) -> str:
    """Ask a command that must succeed; the id of what it was about."""
    answer = loyalty.command(name, body, **headers)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def shown(loyalty: Client, path: str, **headers: str) -> Any:
    """What the read models show, once they have taken in everything that was recorded."""
    stored = [fact for part in range(PARTITIONS) for fact in loyalty.store.read(part, 0, 1000)]
    loyalty.tell(*(event for fact in stored if (event := said(loyalty, fact))))
    answer = loyalty.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    assert answer.status_code == 200, answer.text
    return answer.json()


def said(loyalty: Client, fact: Any) -> CloudEvent | None:
    event = publish(loyalty.app.state.application.mapper.to_domain_event(fact), fact.partition_key)
    at = circumstances_of(fact)
    about = {"subject": fact.originator_id, "sequence": fact.originator_version, "unit": at.unit}
    return heard(event, **about, time=at.occurred_at) if event else None


@pytest.fixture
def with_chen(loyalty: Client) -> Client:
    """Ms Chen enrolled in Tianhe with a card and bought a phone case there for 299.90 yuan."""
    asked(loyalty, "enrol", ENROL)
    asked(loyalty, "earn-points", EARN)
    return loyalty


@pytest.mark.feature("L07")
@pytest.mark.parametrize(
    ("level", "language", "name", "points_per_unit"),
    [
        ("ordinary", "en", "ordinary member", "1"),
        ("gold", "en", "gold member", "1.5"),
        ("gold", "zh-CN", "金卡会员", "1.5"),
    ],
)
def test_a_members_level_is_shown_with_what_it_entitles_to(
    loyalty: Client, level: str, language: str, name: str, points_per_unit: str
) -> None:
    member_id = asked(loyalty, "enrol", {**ENROL, "level": level})

    member = shown(loyalty, f"/members/{member_id}", accept_language=language)

    assert (member["level"], member["level_name"]) == (level, name)
    assert member["entitles_to"] == [{"currency": "CNY", "points_per_unit": points_per_unit, "programme_version": 1}]


def test_a_member_is_found_by_customer_with_their_cards(with_chen: Client) -> None:
    asked(with_chen, "issue-card", {"customer_id": MS_CHEN, "number": "6688-0002"}, crm_unit="yuexiu")

    member = shown(with_chen, f"/customers/{MS_CHEN}/membership")

    assert (member["customer_id"], member["enrolled_in"]) == (MS_CHEN, "tianhe")
    assert {(card["number"], card["issued_in"]) for card in member["cards"]} == {
        ("66880001VIP", "tianhe"),
        ("66880002", "yuexiu"),
    }


@pytest.mark.parametrize("written", ["66880001VIP", "6688-0001-vip", "6688 0001 VIP"])
def test_a_card_is_found_however_its_number_is_written(with_chen: Client, written: str) -> None:
    card = shown(with_chen, f"/cards/{written}")

    assert (card["customer_id"], card["state"]) == (MS_CHEN, "active")


@pytest.mark.feature("L30", "L35")
def test_points_earned_in_one_store_are_kept_and_can_be_read_and_spent_in_every_other(with_chen: Client) -> None:
    in_yuexiu = {"crm_unit": "yuexiu"}
    before = shown(with_chen, f"/customers/{MS_CHEN}/balance", **in_yuexiu)

    asked(with_chen, "redeem-points", SPEND, **in_yuexiu)

    after = shown(with_chen, f"/customers/{MS_CHEN}/balance")
    assert (before["available"], after["available"]) == (299, 199)
    (lot,) = after["items"]
    assert (lot["points"], lot["left"], lot["expires_on"], lot["order_id"]) == (299, 199, "2028-03-01", ORDER)


@pytest.mark.parametrize(("on", "available"), [("2026-02-28", 0), ("2028-03-01", 299), ("2028-03-02", 0)])
def test_points_show_from_the_day_they_were_earned_to_their_last(with_chen: Client, on: str, available: int) -> None:
    balance = shown(with_chen, f"/customers/{MS_CHEN}/balance?on={on}")

    assert (balance["on"], balance["available"]) == (on, available)
    assert [lot["left"] for lot in balance["items"]] == ([available] if available else [])


def test_lots_come_in_pages_the_soonest_to_expire_first(with_chen: Client) -> None:
    earlier = {"crm_occurred_at": "2026-02-01T12:00:00Z"}
    asked(with_chen, "earn-points", {**EARN, "order_id": NOBODY, "amount": "50"}, **earlier)

    first = shown(with_chen, f"/customers/{MS_CHEN}/balance?limit=1")
    second = shown(with_chen, f"/customers/{MS_CHEN}/balance?limit=1&cursor={first['next']}")

    assert [lot["left"] for lot in (*first["items"], *second["items"])] == [50, 299]
    assert (second["next"], second["available"]) == (None, 349)


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        (
            "en",
            [
                "100 points spent in yuexiu: 手机壳",
                "200 points because a complaint took long; to be spent by 2028-03-01.",
                "99 points taken back with a return.",
                "299 points for an order, 1 for each unit of currency; to be spent by 2028-03-01.",
            ],
        ),
        (
            "zh-CN",
            [
                "在 yuexiu 使用 100 积分：手机壳",
                "因投诉处理较久，赠送 200 积分，有效期至 2028-03-01。",
                "退货扣回 99 积分。",
                "订单获得 299 积分，每一货币单位 1 分，有效期至 2028-03-01。",
            ],
        ),
    ],
)
def test_why_a_customer_has_so_many_points_is_told_movement_by_movement(
    with_chen: Client, language: str, sentences: list[str]
) -> None:
    returned = {"return_id": NOBODY, "order_id": ORDER, "refund": "100", "order_total": "299.90"}
    asked(with_chen, "take-back-points", {"customer_id": MS_CHEN, **returned})
    application = with_chen.app.state.application
    thanks = GrantGoodwill(customer_id=UUID(MS_CHEN), case_id=UUID(NOBODY), waited=timedelta(days=3))
    application.perform(application.grant_goodwill, thanks, circumstances())
    asked(with_chen, "redeem-points", SPEND, crm_unit="yuexiu")

    told = shown(with_chen, f"/customers/{MS_CHEN}/balance/explanation", accept_language=language)

    assert [movement["because"] for movement in told["items"]] == sentences
    assert [(item["points"], item["balance"], item["programme_version"]) for item in told["items"]] == [
        (-100, 300, None),
        (200, 400, 1),
        (-99, 200, None),
        (299, 299, 1),
    ]
    assert (told["available"], told["lapsed"]) == (300, 0)


def test_what_a_return_could_not_take_back_is_told(with_chen: Client) -> None:
    asked(with_chen, "redeem-points", {**SPEND, "points": 289})
    returned = {"return_id": NOBODY, "order_id": ORDER, "refund": "299.90", "order_total": "299.90"}

    asked(with_chen, "take-back-points", {"customer_id": MS_CHEN, **returned})

    told = shown(with_chen, f"/customers/{MS_CHEN}/balance/explanation?limit=1")
    (movement,) = told["items"]
    assert movement["because"] == "10 points taken back with a return; 289 more had been spent already."
    assert (movement["points"], movement["shortfall"], told["available"]) == (-10, 289, 0)


def test_lots_whose_end_is_not_recorded_yet_explain_the_difference(with_chen: Client) -> None:
    told = shown(with_chen, f"/customers/{MS_CHEN}/balance/explanation?on=2028-03-02")

    assert (told["items"][0]["balance"], told["available"], told["lapsed"]) == (299, 0, 299)


@pytest.mark.parametrize(
    ("name", "body", "problem", "field"),
    [
        ("enrol", ENROL, "customer-already-enrolled", "customer_id"),
        ("issue-card", {"customer_id": MS_CHEN, "number": "66880001VIP"}, "card-number-taken", "number"),
        ("earn-points", EARN, "order-already-earned", "order_id"),
        ("earn-points", {**EARN, "order_id": NOBODY, "currency": "USD"}, "currency-earns-nothing", "currency"),
        ("earn-points", {**EARN, "order_id": NOBODY, "amount": "0.99"}, "amount-earns-no-point", "amount"),
        ("redeem-points", {**SPEND, "points": 300}, "not-enough-points", "points"),
    ],
)
def test_a_refusal_names_the_field_the_rule_and_the_way_out(
    with_chen: Client, name: str, body: dict[str, Any], problem: str, field: str
) -> None:
    answer = with_chen.command(name, body)

    (error,) = answer.json()["errors"]
    assert (answer.status_code, answer.json()["type"], error["field"]) == (409, f"urn:crm:problem:{problem}", field)
    assert error["rule"]
    assert error["way_out"]


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("redeem-points", {**SPEND, "member_id": NOBODY}),
        ("redeem-points", {"points": 100, "purpose": "手机壳"}),
        ("redeem-points", {**SPEND, "points": 0}),
        ("redeem-points", {**SPEND, "points": 1.5}),
        ("earn-points", {**EARN, "amount": "NaN"}),
        ("earn-points", {**EARN, "amount": "-1"}),
        ("earn-points", {**EARN, "amount": "1e400"}),
        ("earn-points", {**EARN, "amount": "0." + "1" * 5000}),
        ("issue-card", {"customer_id": MS_CHEN, "number": "６６８８０００１"}),
        ("issue-card", {"customer_id": MS_CHEN, "number": "66\n88"}),
    ],
)
def test_a_bad_value_is_refused_before_anything_is_decided(with_chen: Client, name: str, body: dict[str, Any]) -> None:
    answer = with_chen.command(name, body)

    assert answer.status_code == 422
    assert answer.json()["errors"]


@pytest.mark.parametrize(
    "path",
    [
        f"/members/{NOBODY}",
        f"/customers/{NOBODY}/membership",
        f"/customers/{NOBODY}/balance",
        f"/customers/{NOBODY}/balance/explanation",
        "/cards/99999999",
    ],
)
def test_who_is_no_member_is_not_found(with_chen: Client, path: str) -> None:
    assert with_chen.get(path).status_code == 404


def test_a_redemption_sent_again_counts_once(with_chen: Client) -> None:
    asked(with_chen, "redeem-points", SPEND, idempotency_key="till-3-receipt-17")

    again = with_chen.command("redeem-points", SPEND, idempotency_key="till-3-receipt-17")

    assert (again.status_code, again.json()["repeated"]) == (200, True)
    assert shown(with_chen, f"/customers/{MS_CHEN}/balance")["available"] == 199


def test_neither_the_clocks_nor_the_complaints_points_are_asked_over_http(loyalty: Client) -> None:
    assert loyalty.command("expire-lot", {"customer_id": MS_CHEN, "lot_id": NOBODY}).status_code == 404
    assert loyalty.command("grant-goodwill", {"customer_id": MS_CHEN, "case_id": NOBODY}).status_code == 404


def test_no_request_makes_the_service_fail(with_chen: Client) -> None:
    shown(with_chen, f"/customers/{MS_CHEN}/balance")

    operations = fuzz(with_chen.app, examples=5, without=[route.path for route in HISTORY.routes])

    assert "POST /commands/redeem-points" in operations

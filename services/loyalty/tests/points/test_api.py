"""Points over HTTP, from one counter to the next."""

import pytest

from crm_chassis.testing import Client
from services.loyalty.tests.shop import MS_CHEN, SPEND, asked, shown


@pytest.mark.feature("L30", "L31", "L35")
def test_points_earned_in_one_store_are_kept_and_can_be_spent_in_every_other(with_chen: Client) -> None:
    asked(with_chen, "redeem-points", SPEND, crm_unit="yuexiu")

    refused = with_chen.command("redeem-points", {**SPEND, "points": 200}, crm_unit="beijing-lu")
    asked(with_chen, "redeem-points", {**SPEND, "points": 199}, crm_unit="beijing-lu")

    explained = shown(with_chen, f"/customers/{MS_CHEN}/balance/explanation")["items"]
    assert (refused.status_code, refused.json()["errors"][0]["rule"]) == (409, "Only 199 points can be spent.")
    assert [(move["unit"], move["points"], move["balance"]) for move in reversed(explained)] == [
        ("tianhe", 299, 299),
        ("yuexiu", -100, 199),
        ("beijing-lu", -199, 0),
    ]


@pytest.mark.parametrize(("on", "available"), [("2026-02-28", 0), ("2028-03-01", 299), ("2028-03-02", 0)])
def test_points_show_from_the_day_they_were_earned_to_their_last(with_chen: Client, on: str, available: int) -> None:
    balance = shown(with_chen, f"/customers/{MS_CHEN}/balance?on={on}")

    assert (balance["on"], balance["available"]) == (on, available)
    assert [lot["left"] for lot in balance["items"]] == ([available] if available else [])


def test_lots_whose_end_is_not_recorded_yet_explain_the_difference(with_chen: Client) -> None:
    explained = shown(with_chen, f"/customers/{MS_CHEN}/balance/explanation?on=2028-03-02")

    assert (explained["items"][0]["balance"], explained["available"], explained["lapsed"]) == (299, 0, 299)


def test_a_redemption_sent_again_counts_once(with_chen: Client) -> None:
    asked(with_chen, "redeem-points", SPEND, idempotency_key="till-3-receipt-17")

    again = with_chen.command("redeem-points", SPEND, idempotency_key="till-3-receipt-17")

    assert (again.status_code, again.json()["repeated"]) == (200, True)
    assert shown(with_chen, f"/customers/{MS_CHEN}/balance")["available"] == 199

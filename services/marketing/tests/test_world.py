"""Everything marketing shows of five campaigns that differ in everything, page by page and whole."""

from typing import Any
from uuid import UUID

import pytest

from crm_marketing.campaigns.campaign import campaign_id
from crm_marketing.messages.message import message_id
from services.marketing.tests.running_service import PLAN, Marketing
from services.marketing.tests.world import PLANS, SPRING, TEA

CUSTOMER = UUID(int=1)


def in_march(day: int, hour: int) -> str:
    """Return a moment as it is shown."""
    return f"2026-03-{day:02}T{hour:02}:00:00Z"


def campaign(number: int, state: str, planned: int, **seen: Any) -> dict[str, Any]:
    """Return a campaign of the list, as it was planned and as far as it has come."""
    plan = PLANS[number]
    kept = {name: plan[name] for name in ("code", "name", "starts_on", "ends_on", "budget")}
    nothing = {"decided_by": None, "remark": None, "launched_at": None, "planned_by": "lin.mei"}
    ids = {"campaign_id": str(campaign_id(plan["code"])), "planned_at": in_march(1, planned)}
    return {**kept, **nothing, **ids, "state": state, **seen}


SHOWN = [
    campaign(2, "rejected", 14, decided_by="zhao.min", remark="no budget left"),
    campaign(3, "submitted", 15),
    campaign(0, "launched", 12, decided_by="zhao.min", remark="within budget", launched_at=in_march(2, 0)),
    campaign(1, "launched", 13, planned_by="wang.lei", decided_by="lin.mei", launched_at=in_march(2, 1)),
    campaign(4, "planned", 16),
]


def message(of: UUID, customer: int, state: str, hour: int = 0, **seen: Any) -> dict[str, Any]:
    """Return a message of a campaign, or somebody who was left out, at this hour of 2 March."""
    names = ("outcome", "reason", "case_id", "provider_reference", "answer", "requested_at", "handed_over_at")
    sent = {"requested_at": in_march(2, hour), "handed_over_at": in_march(2, hour + 1)}
    return {
        **dict.fromkeys(names),
        "message_id": str(message_id(of, UUID(int=customer))),
        "campaign_id": str(of),
        "campaign_code": "CM-2026-048" if of == SPRING else "CM-2026-049",
        "customer_id": str(UUID(int=customer)),
        "state": state,
        "considered_at": in_march(2, hour),
        "changed_at": in_march(2, hour if state == "left_out" else hour + 1),
        **({} if state == "left_out" else sent),
        **seen,
    }


TAKEN = {"outcome": "accepted", "provider_reference": "250 2.0.0 queued as 4Rk2"}
BROKEN = "SMTPServerDisconnected: Connection unexpectedly closed"
OF_SPRING = [
    message(SPRING, 1, "answered", **TAKEN, answer="有现货吗？", changed_at=in_march(2, 4)),
    message(SPRING, 2, "unknown", outcome="unknown", reason=BROKEN),
    message(SPRING, 3, "bounced", outcome="bounced", reason="550 5.1.1 mailbox unknown"),
    message(SPRING, 4, "left_out", reason="no_consent"),
    message(SPRING, 5, "left_out", reason="open_complaint", case_id=str(UUID(int=31))),
    message(SPRING, 6, "left_out", reason="black_listed"),
    message(SPRING, 7, "left_out", reason="no_address"),
    message(SPRING, 10, "left_out", reason="no_consent"),
    message(SPRING, 11, "accepted", **TAKEN),
]
OF_TEA = [
    message(TEA, 1, "left_out", 2, reason="black_listed"),
    message(TEA, 8, "accepted", 1, **TAKEN),
    message(TEA, 9, "left_out", 1, reason="no_consent"),
]


def line(number: int, code: str, customer: int, hour: int, **seen: Any) -> dict[str, Any]:
    """Return a line that began at this hour of 2 March, with an order of its own unless it says otherwise."""
    ids = {"line_id": str(UUID(int=number)), "customer_id": str(UUID(int=customer)), "campaign_code": code}
    ordered = {"order_id": str(UUID(int=number)), "ordered_at": in_march(2, hour), "refunded": "0"}
    nothing = {"lead_id": None, "interest": None, "opportunity_id": None}
    return {**ids, "began_at": in_march(2, hour), **ordered, **nothing, **seen}


OF_A_LEAD = {"lead_id": str(UUID(int=41)), "interest": "X2", "opportunity_id": str(UUID(int=42))}
ORDERED = {"order_id": str(UUID(int=43)), "ordered_at": in_march(2, 11), "refunded": "98.00"}
WITHOUT = dict.fromkeys(("order_id", "ordered_at", "amount", "refunded", "currency"))
SOLD_IN_SPRING = [
    line(63, "CM-2026-048", 2, 12, amount="700.00", currency="USD"),
    line(61, "CM-2026-048", 3, 9, **{**WITHOUT, "lead_id": str(UUID(int=61)), "interest": "X3"}),
    line(41, "CM-2026-048", 1, 8, **OF_A_LEAD, **ORDERED, amount="5098.00", currency="CNY"),
]
SOLD_AT_TEA = [
    line(65, "CM-2026-049", 7, 14, amount="700.00", currency="USD"),
    line(64, "CM-2026-049", 7, 13, amount="500.00", currency="CNY"),
]


def in_order(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(messages, key=lambda message: message["message_id"])


def in_pages(world: Marketing, path: str) -> list[dict[str, Any]]:
    """Return everything that is shown there, in pages of two, of which only the last may be smaller."""
    page = world.get(f"{path}?limit=2")
    shown = page["items"]
    while page["next"]:
        assert len(page["items"]) == 2
        page = world.get(f"{path}?limit=2&cursor={page['next']}")
        shown = shown + page["items"]
    return shown


@pytest.mark.feature("M56")
def test_campaigns_are_shown_as_planned_with_the_latest_start_first(world: Marketing) -> None:
    assert in_pages(world, "/campaigns") == SHOWN


@pytest.mark.parametrize("state", ["planned", "submitted", "approved", "rejected", "launched"])
def test_campaigns_are_found_by_how_far_they_have_come(world: Marketing, state: str) -> None:
    found = world.get(f"/campaigns?state={state}")

    assert found == {"items": [one for one in SHOWN if one["state"] == state], "next": None}


@pytest.mark.feature("M56", "M21")
@pytest.mark.parametrize(("number", "place"), [(0, 2), (1, 3)])
def test_one_campaign_is_shown_with_whom_it_is_for_and_its_own_words(world: Marketing, number: int, place: int) -> None:
    plan, words = PLANS[number], ("subject", "body")

    shown = world.get(f"/campaigns/{campaign_id(plan['code'])}")

    audience = {"consent_channel": "email", **plan["audience"]}
    assert shown == {**SHOWN[place], "audience": audience, **{name: plan[name] for name in words}}


@pytest.mark.parametrize(("of", "expected"), [(SPRING, OF_SPRING), (TEA, OF_TEA)])
def test_the_messages_of_a_campaign_are_its_own_as_far_as_they_have_come(
    world: Marketing, of: UUID, expected: list[dict[str, Any]]
) -> None:
    left_out = world.get(f"/campaigns/{of}/messages?state=left_out")["items"]
    accepted = world.get(f"/campaigns/{of}/messages?state=accepted")["items"]

    assert in_pages(world, f"/campaigns/{of}/messages") == in_order(expected)
    assert left_out == in_order([one for one in expected if one["state"] == "left_out"])
    assert accepted == [one for one in expected if one["state"] == "accepted"]


def test_a_customer_is_shown_the_word_of_every_campaign_with_the_newest_first(world: Marketing) -> None:
    newest = world.get(f"/customers/{CUSTOMER}/messages?limit=1")
    older = world.get(f"/customers/{CUSTOMER}/messages?limit=1&cursor={newest['next']}")

    assert [*newest["items"], *older["items"]] == [OF_TEA[0], OF_SPRING[0]]
    assert older["next"] is None


@pytest.mark.feature("M68")
@pytest.mark.parametrize(("of", "sold"), [(SPRING, SOLD_IN_SPRING), (TEA, SOLD_AT_TEA)])
def test_what_a_campaign_brought_is_one_line_from_lead_to_order(world: Marketing, of: UUID, sold: list[Any]) -> None:
    assert in_pages(world, f"/campaigns/{of}/sales") == sold


def test_a_campaigns_result_is_counted_from_its_own_and_valued_in_its_own_currency(world: Marketing) -> None:
    spring, tea = (world.get(f"/campaigns/{of}/results") for of in (SPRING, TEA))

    assert spring == {
        "campaign_id": str(SPRING), "code": "CM-2026-048", "budget": PLAN["budget"],
        "requested": 4, "handed_over": 4, "accepted": 2, "bounced": 1, "unknown": 1, "answered": 1,
        "left_out": {"black_listed": 1, "no_address": 1, "no_consent": 2, "open_complaint": 1},
        "leads": 2, "orders": 2, "answer_rate": 0.5, "return_on_budget": 0.1667,
        "revenue": [{"amount": "5000.00", "currency": "CNY"}, {"amount": "700.00", "currency": "USD"}],
    }  # fmt: skip
    assert tea == {
        "campaign_id": str(TEA), "code": "CM-2026-049", "budget": {"amount": "2000.00", "currency": "USD"},
        "requested": 1, "handed_over": 1, "accepted": 1, "bounced": 0, "unknown": 0, "answered": 0,
        "left_out": {"black_listed": 1, "no_consent": 1},
        "leads": 0, "orders": 2, "answer_rate": 0.0, "return_on_budget": 0.35,
        "revenue": [{"amount": "500.00", "currency": "CNY"}, {"amount": "700.00", "currency": "USD"}],
    }  # fmt: skip


def test_the_emails_say_the_words_of_their_campaign(world: Marketing) -> None:
    got = {
        mail["To"].addresses[0].addr_spec: (mail["Subject"], mail.get_content().strip(), mail["List-Unsubscribe"][-12:])
        for mail in world.smtp.received
    }

    assert got == {
        "c2@example.com": ("陈2，全新 X2 上市", "陈2，您好！欢迎到店体验。", "CM-2026-048>"),
        "c1@example.com": ("陈1，全新 X2 上市", "陈1，您好！欢迎到店体验。", "CM-2026-048>"),
        "c11@example.com": ("陈11，全新 X2 上市", "陈11，您好！欢迎到店体验。", "CM-2026-048>"),
        "c8@example.com": ("Tea with us", "Come for tea, Ann", "CM-2026-049>"),
    }

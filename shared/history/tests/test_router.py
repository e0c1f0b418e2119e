"""The history over HTTP, on a host that gives a connection and a language."""

from datetime import timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from crm_events import Channel, support
from crm_history import digest
from shared.history.tests.telling import (
    CASE,
    CHEN,
    NOON,
    Told,
    asked,
    bought,
    earned,
    hours,
    process_batch,
    the_story_of_ms_chen,
    told,
    touched,
)

HISTORY = f"/customers/{CHEN}/history"
DESK = f"/customers/{CHEN}/front-desk"
AT_SIX = "2026-11-20T18:00:00+08:00"
AFTER_SIX = "CaseResolved PointsEarned CaseEscalated ComplaintFiled CaseDeclaredUnresolvable"
BEFORE_NOON = "CustomerTouched LeadCaptured MessageAccepted"


@pytest.fixture
def app(app: FastAPI) -> FastAPI:
    """Return a service whose history is Ms Chen's, the day after her complaint."""
    process_batch(app.state.db, *the_story_of_ms_chen())
    app.state.clock = lambda: NOON + hours(80)
    return app


def hear(service: TestClient, *events: Told) -> None:
    """Let the service's history take in more."""
    process_batch(service.app.state.db, *events)  # type: ignore[attr-defined]


def items(service: TestClient, address: str, **query: Any) -> list[dict[str, Any]]:
    answer = service.get(address, params=query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def test_every_record_names_who_when_and_what_was_said(service: TestClient) -> None:
    touch = items(service, HISTORY, kind="touch")[0]

    assert (touch["actor"], touch["role"], touch["channel"]) == ("wu.min", "agent", "call_centre")
    assert touch["occurred_at"] == "2026-11-20T07:00:00Z"
    assert touch["data"]["subject"] == "price of the X2"
    assert touch["sentence"] == (
        "On 20 Nov 2026 at 15:00, on the hotline (Tianhe flagship store), the customer got in touch (Tianhe) "
        "about “price of the X2” (recorded by wu.min, service agent)."
    )


def test_a_sentence_speaks_the_readers_language(service: TestClient) -> None:
    answer = service.get(HISTORY, params={"kind": "touch"}, headers={"Accept-Language": "zh"})

    assert answer.json()["items"][0]["sentence"] == (
        "2026年11月20日15:00，热线（天河旗舰店），客户与我们联系（Tianhe），"
        "事由：“price of the X2”（记录人：wu.min，客服）。"
    )


def test_pages_follow_each_other_to_the_end(service: TestClient) -> None:
    whole = items(service, HISTORY)
    seen: list[dict[str, Any]] = []
    query: dict[str, Any] = {"limit": 5}

    while len(seen) < 100:
        answer = service.get(HISTORY, params=query).json()
        seen += answer["items"]
        if answer["next"] is None:
            break
        query["cursor"] = answer["next"]

    assert seen == whole
    assert len(whole) == 12


def test_an_entry_links_to_the_entry_that_caused_it(service: TestClient) -> None:
    by_kind = {entry["kind"]: entry for entry in items(service, HISTORY, until=(NOON + hours(6)).isoformat())}

    assert by_kind["points"]["cause"] == by_kind["order"]["event_id"]
    assert by_kind["order"]["cause"] is None


def test_a_cause_that_is_elsewhere_is_not_shown(service: TestClient) -> None:
    hear(service, told(touched(Channel.STORE), NOON + hours(100), cause=UUID(int=404)))

    assert items(service, HISTORY, limit=1)[0]["cause"] is None


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ({}, f"{AFTER_SIX} QuestionAsked PointsEarned OrderPlaced CustomerLeftOut {BEFORE_NOON}"),
        ({"source": "support"}, "CaseResolved CaseEscalated ComplaintFiled CaseDeclaredUnresolvable QuestionAsked"),
        ({"channel": "web"}, "QuestionAsked LeadCaptured"),
        ({"channel": "web", "kind": "lead"}, "LeadCaptured"),
        ({"kind": "points"}, "PointsEarned PointsEarned"),
        ({"since": AT_SIX}, f"{AFTER_SIX} QuestionAsked"),
        ({"since": AT_SIX, "until": "2026-11-22T18:00:00+08:00"}, f"{AFTER_SIX[13:]} QuestionAsked"),
        ({"occurred_by": AT_SIX}, f"QuestionAsked PointsEarned OrderPlaced CustomerLeftOut {BEFORE_NOON}"),
        ({"occurred_by": AT_SIX, "recorded_by": AT_SIX}, f"QuestionAsked PointsEarned OrderPlaced {BEFORE_NOON}"),
    ],
)
def test_a_question_narrows_the_answer(service: TestClient, query: dict[str, str], kept: str) -> None:
    assert [entry["type"].split(".")[2] for entry in items(service, HISTORY, **query)] == kept.split()


def test_a_customer_nobody_told_us_about_is_an_empty_page_not_an_error(service: TestClient) -> None:
    nobody = UUID(int=404)

    assert service.get(f"/customers/{nobody}/history").json() == {"items": [], "next": None}
    assert service.get(f"/customers/{nobody}/front-desk").json() == {"items": []}


@pytest.mark.parametrize(
    "query",
    [
        {"limit": 0},
        {"limit": 201},
        {"since": "2026-11-20T12:00:00"},
        {"since": "0001-01-01T00:00:00+14:00"},
        {"occurred_by": "9999-12-31T23:59:59-12:00"},
        {"recorded_by": "yesterday"},
        {"kind": "x" * 101},
        {"cursor": "not/ours"},
    ],
)
def test_a_question_that_makes_no_sense_is_unacceptable(service: TestClient, query: dict[str, Any]) -> None:
    assert service.get(HISTORY, params=query).status_code == 422


@pytest.mark.feature("C58")
def test_salespeople_read_the_whole_service_history_and_nothing_else(service: TestClient) -> None:
    found = items(service, HISTORY, source="support")

    assert [(entry["kind"], entry["type"].split(".")[2]) for entry in found] == [
        ("complaint", "CaseResolved"),
        ("complaint", "CaseEscalated"),
        ("complaint", "ComplaintFiled"),
        ("question", "CaseDeclaredUnresolvable"),
        ("question", "QuestionAsked"),
    ]
    for entry, words in zip(
        found, ("Repaired.", "four hours", "Two weeks!", "firmware 2.1", "为什么屏幕会闪烁"), strict=True
    ):
        assert words in entry["sentence"]


@pytest.mark.feature("C53")
def test_purchases_in_store_by_phone_by_mail_order_and_on_the_web_are_one_list(service: TestClient) -> None:
    named = ["web", "mail", "call_centre"]
    orders = [
        told(bought(Channel(channel), order=UUID(int=70 + at)), NOON + hours(100 - at))
        for at, channel in enumerate(named)
    ]
    hear(service, *orders)

    found = items(service, HISTORY, kind="order")

    assert [entry["channel"] for entry in found] == [*named, "store"]


@pytest.mark.feature("C57")
def test_a_thread_of_one_customer_event_is_followed_across_departments(service: TestClient) -> None:
    thread = {"correlation_id": "a-return"}
    order = told(bought(order=UUID(int=70)), NOON + hours(100), **thread)
    points = told(earned(7), NOON + hours(101), cause=order.event.id, **thread)
    complaint = told(asked("Too small?", case=UUID(int=71)), NOON + hours(102), cause=points.event.id, **thread)
    hear(service, complaint, points, order)

    found = items(service, HISTORY)
    followed = [entry for entry in found if entry["correlation_id"] == "a-return"]

    assert [(entry["source"], entry["cause"]) for entry in followed] == [
        ("support", str(points.event.id)),
        ("loyalty", str(order.event.id)),
        ("sales", None),
    ]
    assert len(found) == 12 + 3


@pytest.mark.feature("P27", "P28")
def test_another_touchpoint_sees_a_question_of_the_web_with_its_resolution_or_the_reason_for_none(
    service: TestClient,
) -> None:
    about = {"customer_id": CHEN, "case_id": UUID(int=35), "kind": support.CaseKind.QUESTION}
    said = asked("Does the case fit the X3?", case=UUID(int=35))
    answer = support.CaseAnswered(**about, answer="It does, from batch 7 on.")
    solved = support.CaseResolved(
        **about, resolution="A case of batch 8 was sent.", opened_at=NOON + hours(70), waited=timedelta(hours=2)
    )
    hear(
        service,
        told(said, NOON + hours(70), channel="web"),
        told(answer, NOON + hours(71), version=2, channel="call_centre"),
        told(solved, NOON + hours(72), version=3, channel="mail"),
    )

    desk = {each["case_id"]: each for each in items(service, DESK)}
    first, second = desk[str(CASE)], desk[str(UUID(int=35))]
    sentences = " ".join(each["sentence"] for each in items(service, HISTORY, source="support", kind="question"))

    assert (first["channel"], first["state"], first["answer"]) == ("web", "unresolvable", None)
    assert first["reason"] == "No remedy until firmware 2.1."
    assert (second["channel"], second["state"], second["text"]) == ("web", "resolved", "Does the case fit the X3?")
    assert (second["answer"], second["reason"]) == ("A case of batch 8 was sent.", None)
    assert "A case of batch 8 was sent." in second["sentence"]
    for text in ("Does the case fit the X3?", "It does, from batch 7 on.", "A case of batch 8 was sent."):
        assert text in sentences


@pytest.mark.feature("P28")
def test_the_front_desk_shows_what_is_open_and_what_was_just_settled(service: TestClient) -> None:
    complaint, question = items(service, DESK)

    assert (complaint["state"], complaint["answer"]) == ("resolved", "Repaired.")
    assert (question["state"], question["expected_on"]) == ("unresolvable", "2026-12-03")
    assert question["reason"] == "No remedy until firmware 2.1."
    assert "There is no remedy now" in question["sentence"]


@pytest.mark.parametrize(
    ("query", "states"),
    [
        ({}, ["resolved", "unresolvable"]),
        ({"occurred_by": (NOON + hours(9.5)).isoformat()}, ["escalated", "unresolvable"]),
        ({"recorded_by": (NOON + hours(8.5)).isoformat()}, ["open", "unresolvable"]),
        ({"occurred_by": (NOON + hours(6.5)).isoformat(), "recorded_by": (NOON + hours(9)).isoformat()}, ["open"]),
    ],
)
def test_the_front_desk_is_shown_as_it_was_and_as_it_was_known(
    service: TestClient, query: dict[str, str], states: list[str]
) -> None:
    assert [concern["state"] for concern in items(service, DESK, **query)] == states


def test_digests_are_those_of_the_rows(service: TestClient) -> None:
    whole, of_customer = service.get("/history/digest").json(), service.get(f"{HISTORY}/digest").json()

    db = service.app.state.db  # type: ignore[attr-defined]
    assert (whole["digest"], whole["count"], whole["positions"]) == (digest(db), 14, {})
    assert of_customer == {"digest": digest(db, CHEN)}


@pytest.mark.parametrize("word", ["'; DROP TABLE customer_history; --", "%", "林", "\\"])
def test_a_filter_is_a_value_and_never_sql(service: TestClient, word: str) -> None:
    for name in ("source", "kind", "channel"):
        assert service.get(f"{HISTORY}?{name}={quote(word)}").json()["items"] == []

    assert len(items(service, HISTORY)) == 12


def test_the_document_explains_every_field(service: TestClient) -> None:
    document = service.get("/openapi.json").json()

    ours = ("Entry", "History", "ConcernShown", "FrontDesk", "CustomerDigest", "WholeDigest")
    fields = [field for name in ours for field in document["components"]["schemas"][name]["properties"].values()]
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    assert all("description" in field for field in fields)
    assert all(operation["description"] and operation["operationId"] for operation in operations)

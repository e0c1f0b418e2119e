"""Concerns in every state, whole, as the front desk shows them over HTTP in both languages."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from crm_events import Channel, PublicEvent, support
from shared.history.tests.telling import CHEN, NOON, WANG, Story, asked, hours, process_batch


def about(number: int, kind: support.CaseKind) -> dict[str, Any]:
    return {"customer_id": CHEN, "case_id": UUID(int=number), "kind": kind}


def concerns() -> list[PublicEvent]:
    """Say six concerns, one after another, which end in every state."""
    question, complaint = support.CaseKind.QUESTION, support.CaseKind.COMPLAINT
    filed = {"customer_id": CHEN, "channel": Channel.CALL_CENTRE, "subject": "Noise", "text": "It hums."}
    told_so = {"opened_at": NOON, "waited": timedelta(hours=1)}
    return [
        asked("Open?", case=UUID(int=61)),
        support.CaseAssigned(**about(61, question), desk="online", assignee=None, rule="by_kind/1"),
        asked("Answered?", case=UUID(int=62)),
        support.CaseAnswered(**about(62, question), answer="Yes"),
        support.ComplaintFiled(case_id=UUID(int=63), severity=support.Severity.LOW, **filed),
        support.CaseEscalated(**about(63, complaint), to="lead", by=support.EscalatedBy.HAND, reason="Too long"),
        support.ComplaintFiled(case_id=UUID(int=64), severity=support.Severity.CRITICAL, **filed),
        support.CaseResolved(**about(64, complaint), resolution="Mended", **told_so),
        asked("Unresolvable?", case=UUID(int=65)),
        support.CaseDeclaredUnresolvable(**about(65, question), reason="Not sold.", expected_on=date(2026, 12, 3)),
        asked("Again?", case=UUID(int=66)),
        support.CaseResolved(**about(66, question), resolution="Done.", **told_so),
        support.CaseReopened(**about(66, question), reason="Not done"),
        asked("His?", case=UUID(int=67), by=WANG),
    ]


def shown(number: int, said: float, changed: float, state: str, en: str, zh: str, **more: Any) -> dict[str, Any]:
    """Write a concern as it must be shown."""
    nothing = dict.fromkeys(("severity", "answer", "reason", "expected_on", "desk", "assignee", "escalated_to"))
    times = {"asked_at": NOON + hours(said), "changed_at": NOON + hours(changed)}
    return {
        "case_id": str(UUID(int=number)),
        "kind": "question",
        "subject": "屏幕闪烁",
        "channel": "web",
        "state": state,
        "sentence": (en, zh),
        **nothing,
        **{name: at.isoformat().replace("+00:00", "Z") for name, at in times.items()},
        **more,
    }


NOISE = {"kind": "complaint", "subject": "Noise", "text": "It hums.", "channel": "call_centre"}
QUESTION_EN = "Question of 20 Nov 2026 at {}:00, on the website, about “屏幕闪烁”: “{}” {}"
QUESTION_ZH = "2026年11月20日{}:00，网站，客户咨询“屏幕闪烁”：“{}” {}"
COMPLAINT_EN = "Complaint of 20 Nov 2026 at {}:00, on the hotline, about “Noise”: “It hums.” {}"
COMPLAINT_ZH = "2026年11月20日{}:00，热线，客户投诉“Noise”：“It hums.” {}"


def a_question(number: int, said: int, changed: int, state: str, text: str, en: str, zh: str, **more: Any) -> Any:
    """Write a question as it must be shown, its sentence in both languages."""
    sentences = QUESTION_EN.format(said + 12, text, en), QUESTION_ZH.format(said + 12, text, zh)
    return shown(number, said, changed, state, *sentences, text=text, **more)


def a_complaint(number: int, said: int, changed: int, state: str, en: str, zh: str, **more: Any) -> Any:
    """Write a complaint as it must be shown, its sentence in both languages."""
    sentences = COMPLAINT_EN.format(said + 12, en), COMPLAINT_ZH.format(said + 12, zh)
    return shown(number, said, changed, state, *sentences, **NOISE, **more)


DESK = [
    a_question(
        66,
        10,
        12,
        "open",
        "Again?",
        "It is open again, because “Not done”.",
        "已重新打开，原因：“Not done”。",
        answer="Done.",
        reason="Not done",
    ),
    a_question(
        65,
        8,
        9,
        "unresolvable",
        "Unresolvable?",
        "There is no remedy now, because “Not sold.”; a remedy is expected on 3 Dec 2026.",
        "暂无解决办法，原因：“Not sold.”；预计2026年12月3日可解决。",
        reason="Not sold.",
        expected_on="2026-12-03",
    ),
    a_complaint(
        64, 6, 7, "resolved", "It is settled: “Mended”.", "已解决：“Mended”。", severity="critical", answer="Mended"
    ),
    a_complaint(
        63,
        4,
        5,
        "escalated",
        "There is no answer yet; it was passed up to lead, because “Too long”.",
        "尚未答复，已升级给lead，原因：“Too long”。",
        severity="low",
        reason="Too long",
        escalated_to="lead",
    ),
    a_question(62, 2, 3, "answered", "Answered?", "The customer was told: “Yes”.", "已答复客户：“Yes”。", answer="Yes"),
    a_question(
        61,
        0,
        1,
        "open",
        "Open?",
        "There is no answer yet; the online desk has it.",
        "尚未答复，由在线服务台处理。",
        desk="online",
    ),
]


@pytest.fixture
def app(app: FastAPI) -> FastAPI:
    """Return a service that has heard of all these concerns."""
    story = Story()
    for event in concerns():
        story.then(event)
    process_batch(app.state.db, *story.events)
    return app


@pytest.mark.parametrize(("place", "language"), [(0, "en"), (1, "zh")])
def test_the_front_desk_shows_every_state_whole_in_both_languages(
    service: TestClient, place: int, language: str
) -> None:
    desk = service.get(f"/customers/{CHEN}/front-desk", headers={"Accept-Language": language}).json()["items"]

    assert desk == [{**each, "sentence": each["sentence"][place]} for each in DESK]


def test_what_was_settled_long_ago_by_the_services_own_clock_is_not_shown(app: FastAPI, service: TestClient) -> None:
    app.state.clock = lambda: NOON + timedelta(days=14, hours=7, seconds=1)

    desk = service.get(f"/customers/{CHEN}/front-desk").json()["items"]

    assert [each["case_id"] for each in desk] == [str(UUID(int=number)) for number in (66, 65, 63, 62, 61)]

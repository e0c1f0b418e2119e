"""Cases over HTTP: what clerks ask for, and what comes of it at every desk."""

from typing import Any
from uuid import UUID

import pytest

from crm_events.support import CaseEscalated, CaseResolved, ComplaintFiled
from services.support.tests.bodies import UNCHANGED
from services.support.tests.story import MR_WU, MS_CHEN
from services.support.tests.world import World, an_order, hours, text

WORDS = {"subject": "屏幕闪烁", "text": "Why does it flicker in the dark?"}
QUESTION = {"customer_id": MS_CHEN, "channel": "web", **WORDS}
COMPLAINT = {**QUESTION, "channel": "call_centre", "severity": "high"}
CHANNELS = ("store", "web", "call_centre", "service_centre", "mail", "vip_club", "field")
# Only a question's desk depends on where it was asked.
DESKS = {
    "question": ("store", "online", "hotline", "service", "online", "service", "service"),
    "complaint": ("complaints",) * 7,
    "criticism": ("complaints",) * 7,
    "suggestion": ("product",) * 7,
    "need": ("product",) * 7,
    "praise": ("care",) * 7,
}


def opened(support: World, kind: str, channel: str) -> str:
    body = {**QUESTION, "channel": channel}
    match kind:
        case "question":
            return support.ask("ask-question", **body)
        case "complaint":
            return support.ask("file-complaint", **body)
        case _:
            return support.ask("give-feedback", **body, kind=kind)


@pytest.mark.feature("P19", "P20")
def test_a_case_of_every_kind_from_every_channel_is_recorded_and_lies_on_its_desk_and_on_no_other(
    support: World,
) -> None:
    expected: dict[str, list[dict[str, Any]]] = {"service-supervisor": []}
    for kind, desks in DESKS.items():
        for channel, desk in zip(CHANNELS, desks, strict=True):
            case_id = opened(support, kind, channel)
            known = {"case_id": case_id, "customer_id": str(MS_CHEN), "kind": kind, "channel": channel, "desk": desk}
            severity = "normal" if kind == "complaint" else None
            rest = {"state": "open", "assignee": None, "escalated_to": None, "opened_at": text(hours(0))}
            case = {**UNCHANGED, **known, **rest, "severity": severity, "subject": WORDS["subject"]}
            expected.setdefault(desk, []).append(case)

    shown = {desk: support.get(f"/desks/{desk}/cases")["items"] for desk in expected}

    assert shown == {desk: sorted(cases, key=lambda case: case["case_id"]) for desk, cases in expected.items()}


@pytest.mark.feature("P20")
def test_a_case_can_be_given_to_a_person_by_hand_and_no_longer_lies_where_the_rule_put_it(support: World) -> None:
    given, left = (support.ask("ask-question", **QUESTION) for _ in range(2))

    support.ask("assign-case", case_id=given, desk="store", assignee="he.qiang")

    desks = {desk: support.get(f"/desks/{desk}/cases")["items"] for desk in ("store", "online")}
    shown = {desk: [(case["case_id"], case["assignee"]) for case in cases] for desk, cases in desks.items()}
    assert shown == {"store": [(given, "he.qiang")], "online": [(left, None)]}
    assigned = [event.data for event in support.events() if type(event.data).__name__ == "CaseAssigned"]
    assert [(str(each.case_id), each.rule) for each in assigned] == [
        (given, "assignment 2026-1"),
        (left, "assignment 2026-1"),
        (given, "by hand"),
    ]


@pytest.mark.feature("P22")
def test_what_cannot_be_resolved_is_passed_up_by_hand_to_the_supervisor_or_to_another_person(support: World) -> None:
    his = support.ask("give-feedback", **{**QUESTION, "customer_id": MR_WU}, kind="criticism")
    hers = support.ask("file-complaint", **COMPLAINT)
    for case_id in (his, hers):
        support.ask("declare-case-unresolvable", case_id=case_id, reason="No parts")

    support.ask("escalate-case", case_id=his, to="service-supervisor", reason="He calls daily")
    support.ask("escalate-case", case_id=hers, to="wang.lei", reason="She calls daily")

    desks = {desk: support.get(f"/desks/{desk}/cases")["items"] for desk in ("service-supervisor", "wang.lei")}
    shown = {desk: [(case["case_id"], case["escalated_to"]) for case in cases] for desk, cases in desks.items()}
    assert shown == {"service-supervisor": [(his, "service-supervisor")], "wang.lei": [(hers, "wang.lei")]}
    told = {str(each.data.case_id): each.data for each in support.events(CaseEscalated)}
    assert {(id, each.to, each.by.value, each.reason) for id, each in told.items()} == {
        (his, "service-supervisor", "hand", "He calls daily"),
        (hers, "wang.lei", "hand", "She calls daily"),
    }


def front_desk(support: World) -> list[tuple[str | None, ...]]:
    items = support.get(f"/customers/{MS_CHEN}/front-desk")["items"]
    return [tuple(each[name] for name in ("text", "state", "answer", "reason", "expected_on")) for each in items]


@pytest.mark.feature("P27", "P28")
def test_a_question_asked_online_is_told_to_every_touchpoint_with_the_reason_and_then_with_its_resolution(
    support: World,
) -> None:
    reason = {"reason": "No remedy until firmware 2.1", "expected_on": "2026-12-03"}
    case_id = support.ask("ask-question", **QUESTION)
    support.ask("declare-case-unresolvable", case_id=case_id, **reason)
    explained = front_desk(support)
    support.ask("resolve-case", case_id=case_id, resolution="Updated to 2.1", unit="beijing")

    entries = support.get(f"/customers/{MS_CHEN}/history")["items"]
    told = [(each["type"].split(".")[2], each["unit"], each["data"]) for each in reversed(entries)]
    public = [(type(each.data).__name__, each.unit, each.data.model_dump(mode="json")) for each in support.events()]

    assert explained == [(WORDS["text"], "unresolvable", None, *reason.values())]
    assert front_desk(support) == [(WORDS["text"], "resolved", "Updated to 2.1", None, None)]
    assert told == public
    assert [name for name, _, _ in public] == [
        "QuestionAsked", "CaseAssigned", "CaseDeclaredUnresolvable", "CaseResolved",
    ]  # fmt: skip
    assert (public[0][2]["text"], public[3][1], public[3][2]["resolution"]) == (
        WORDS["text"],
        "beijing",
        "Updated to 2.1",
    )


@pytest.mark.feature("P29")
def test_a_store_settles_what_was_bought_in_another_city_and_complained_about_on_the_hotline(support: World) -> None:
    order_id = UUID(int=9)
    support.hear(an_order(order_id, MS_CHEN, unit="tianhe"))
    case_id = support.ask("file-complaint", **COMPLAINT, order_id=order_id, unit="hotline")
    (seen,) = support.get(f"/customers/{MS_CHEN}/cases")["items"]

    support.ask("resolve-case", case_id=case_id, resolution="Repaired here", unit="beijing")

    entries = support.get(f"/customers/{MS_CHEN}/history")["items"]
    places = {each["type"].split(".")[2]: (each["unit"], each["data"].get("order_id")) for each in entries}
    settled = support.get(f"/cases/{case_id}")
    assert (seen["case_id"], seen["order_id"], seen["state"]) == (case_id, str(order_id), "open")
    assert (settled["state"], settled["resolution"]) == ("resolved", "Repaired here")
    assert places == {
        "OrderPlaced": ("tianhe", str(order_id)),
        "ComplaintFiled": ("hotline", str(order_id)),
        "CaseAssigned": ("hotline", None),
        "CaseResolved": ("beijing", None),
    }


def test_the_wait_counts_the_time_the_clerks_report(support: World) -> None:
    case_id = support.ask("file-complaint", **COMPLAINT, occurred=hours(-72))

    support.ask("resolve-case", case_id=case_id, resolution="Repaired", occurred=hours(-48))

    (filed,), (resolved,) = support.events(ComplaintFiled), support.events(CaseResolved)
    assert support.get(f"/cases/{case_id}")["waited_seconds"] == 86_400
    assert [(each.time, each.recorded_at) for each in (filed, resolved)] == [
        (hours(-72), hours(0)),
        (hours(-48), hours(0)),
    ]


def test_a_late_report_may_name_a_day_that_has_passed_since(support: World) -> None:
    case_id = support.ask("ask-question", **QUESTION)
    reason = {"case_id": case_id, "reason": "No parts", "expected_on": "2026-02-27"}

    in_time = support.refused("declare-case-unresolvable", **reason)
    late = support.refused("declare-case-unresolvable", **reason, occurred=hours(-72))

    assert (in_time.status_code, in_time.json()["errors"][0]["field"]) == (422, "expected_on")
    assert late.status_code == 201

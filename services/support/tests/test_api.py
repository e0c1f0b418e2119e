"""Support over HTTP: what clerks ask for, and what they are shown."""

from typing import Any
from uuid import UUID

import pytest

from crm_chassis.fuzzing import fuzz
from crm_chassis.testing import PARTITIONS, Client, circumstances, heard
from crm_eventlog.envelope import CloudEvent, circumstances_of
from crm_support.api import HISTORY
from crm_support.commands import MakeVisitFallDue
from crm_support.publishing import publish

MS_CHEN = "00000000-0000-0000-0000-000000000007"
NOBODY = "00000000-0000-0000-0000-00000000dead"
QUESTION = {"customer_id": MS_CHEN, "channel": "web", "subject": "屏幕闪烁", "text": "Why does it flicker in the dark?"}
COMPLAINT = {**QUESTION, "channel": "call_centre", "severity": "high"}
VISIT = MakeVisitFallDue(
    customer_id=UUID(MS_CHEN), order_id=UUID(int=9), rule="three_days", due_on="2026-03-01", decided_by="visits 2026-1"
)


def asked(support: Client, name: str, body: dict[str, Any], **headers: str) -> str:
    """Ask a command that must succeed; the id of what it was about."""
    answer = support.command(name, body, **headers)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def a_visit(support: Client) -> str:
    """The clock made the three-day visit of Ms Chen's order fall due."""
    application = support.app.state.application
    return str(application.perform(application.make_visit_fall_due, VISIT, circumstances()).id)


def shown(support: Client, path: str, **headers: str) -> Any:
    """What the read models show, once they have taken in everything that was recorded."""
    stored = [fact for part in range(PARTITIONS) for fact in support.store.read(part, 0, 1000)]
    support.tell(*(said(support, fact) for fact in stored))
    answer = support.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    assert answer.status_code == 200, answer.text
    return answer.json()


def said(support: Client, fact: Any) -> CloudEvent:
    event = publish(support.app.state.application.mapper.to_domain_event(fact), fact.partition_key)
    at = circumstances_of(fact).occurred_at
    return heard(event, subject=fact.originator_id, sequence=fact.originator_version, time=at)


@pytest.mark.parametrize(
    ("name", "body", "desk"),
    [
        ("ask-question", QUESTION, "online"),
        ("file-complaint", COMPLAINT, "complaints"),
        ("give-feedback", {**QUESTION, "kind": "praise"}, "care"),
        ("give-feedback", {**QUESTION, "kind": "suggestion"}, "product"),
        ("give-feedback", {**QUESTION, "kind": "need"}, "product"),
        ("give-feedback", {**QUESTION, "kind": "criticism"}, "complaints"),
    ],
)
@pytest.mark.feature("P19", "P20")
def test_a_case_of_every_kind_is_recorded_and_lies_on_its_desk(
    support: Client, name: str, body: dict[str, str], desk: str
) -> None:
    case_id = asked(support, name, body)

    (case,) = shown(support, f"/desks/{desk}/cases")["items"]

    assert (case["case_id"], case["customer_id"], case["state"]) == (case_id, MS_CHEN, "open")
    assert case["kind"] == body.get("kind", name.rpartition("-")[2])


@pytest.mark.feature("P20")
def test_a_case_can_be_given_to_a_person_by_hand(support: Client) -> None:
    case_id = asked(support, "ask-question", QUESTION)

    asked(support, "assign-case", {"case_id": case_id, "desk": "store", "assignee": "lin.mei"})

    (case,) = shown(support, "/desks/store/cases")["items"]
    assert (case["case_id"], case["assignee"]) == (case_id, "lin.mei")
    assert shown(support, "/desks/online/cases")["items"] == []


@pytest.mark.feature("P28")
@pytest.mark.parametrize(
    ("language", "standing"),
    [
        ("en", "There is no remedy yet: No remedy until firmware 2.1. Expected on 2026-12-03."),
        ("zh-CN", "暂无解决办法：No remedy until firmware 2.1. 预计2026-12-03解决。"),
    ],
)
def test_the_front_desk_sees_the_question_its_state_and_the_reason_for_no_answer(
    support: Client, language: str, standing: str
) -> None:
    case_id = asked(support, "ask-question", QUESTION)
    reason = {"reason": "No remedy until firmware 2.1", "expected_on": "2026-12-03"}
    asked(support, "declare-case-unresolvable", {"case_id": case_id, **reason})

    (case,) = shown(support, f"/customers/{MS_CHEN}/cases", accept_language=language)["items"]

    assert (case["text"], case["state"]) == (QUESTION["text"], "unresolvable")
    assert (case["reason"], case["expected_on"], case["standing"]) == (*reason.values(), standing)


@pytest.mark.parametrize(
    ("steps", "standing"),
    [
        ([], "No answer yet; the complaints desk has it."),
        ([("assign-case", {"desk": "Tianhe workshop"})], "No answer yet; the Tianhe workshop desk has it."),
        ([("escalate-case", {"to": "lin.mei", "reason": "Urgent"})], "No answer yet; it was escalated to lin.mei."),
        ([("answer-case", {"answer": "Please come in."})], "The customer was told: Please come in."),
        ([("declare-case-unresolvable", {"reason": "No parts."})], "There is no remedy yet: No parts."),
        ([("resolve-case", {"resolution": "Repaired"})], "It is settled: Repaired"),
        (
            [("resolve-case", {"resolution": "Repaired"}), ("reopen-case", {"reason": "It flickers again"})],
            "It is open again: It flickers again.",
        ),
    ],
)
@pytest.mark.feature("P33")
def test_how_far_a_case_is_can_be_looked_up_as_one_sentence(
    support: Client, steps: list[tuple[str, dict[str, str]]], standing: str
) -> None:
    case_id = asked(support, "file-complaint", COMPLAINT)
    for name, body in steps:
        asked(support, name, {"case_id": case_id, **body})

    case = shown(support, f"/cases/{case_id}")

    assert case["standing"] == standing


def test_desks_and_supervisors_have_their_names_in_both_languages(support: Client) -> None:
    case_id = asked(support, "file-complaint", COMPLAINT)
    before = shown(support, f"/cases/{case_id}", accept_language="zh")

    asked(support, "escalate-case", {"case_id": case_id, "to": "service-supervisor", "reason": "Urgent"})

    after = [shown(support, f"/cases/{case_id}", accept_language=language) for language in ("zh", "en")]
    assert before["standing"] == "尚未答复，由投诉服务台处理。"
    assert [case["standing"] for case in after] == [
        "尚未答复，已升级至客服主管。",
        "No answer yet; it was escalated to the service supervisor.",
    ]


@pytest.mark.feature("P29")
def test_a_store_settles_what_was_bought_elsewhere_and_complained_about_on_the_hotline(support: Client) -> None:
    sold_in_tianhe = {"order_id": str(UUID(int=9))}
    case_id = asked(support, "file-complaint", {**COMPLAINT, **sold_in_tianhe}, crm_unit="hotline")
    (seen,) = shown(support, f"/customers/{MS_CHEN}/cases", crm_unit="beijing")["items"]

    asked(support, "resolve-case", {"case_id": case_id, "resolution": "Repaired here"}, crm_unit="beijing")

    assert (seen["case_id"], seen["order_id"], seen["state"]) == (case_id, sold_in_tianhe["order_id"], "open")
    assert shown(support, f"/cases/{case_id}")["state"] == "resolved"


def test_the_wait_counts_the_time_the_clerks_report(support: Client) -> None:
    case_id = asked(support, "file-complaint", COMPLAINT, crm_occurred_at="2026-02-20T12:00:00Z")

    asked(
        support,
        "resolve-case",
        {"case_id": case_id, "resolution": "Repaired"},
        crm_occurred_at="2026-02-23T12:00:00Z",
    )

    assert shown(support, f"/cases/{case_id}")["waited_seconds"] == 3 * 86_400


def test_a_late_report_may_name_a_day_that_has_passed_since(support: Client) -> None:
    case_id = asked(support, "ask-question", QUESTION)
    reason = {"case_id": case_id, "reason": "No parts", "expected_on": "2026-02-27"}

    in_time = support.command("declare-case-unresolvable", reason)
    late = support.command("declare-case-unresolvable", reason, crm_occurred_at="2026-02-26T12:00:00Z")

    assert (in_time.status_code, in_time.json()["errors"][0]["field"]) == (422, "expected_on")
    assert late.status_code == 201


@pytest.mark.parametrize(
    ("name", "body", "kind"),
    [
        ("resolve-case", {"resolution": "Again"}, "case-already-resolved"),
        ("escalate-case", {"to": "lin.mei", "reason": "Again"}, "case-already-resolved"),
    ],
)
def test_a_resolved_case_is_refused_with_the_way_out(
    support: Client, name: str, body: dict[str, str], kind: str
) -> None:
    case_id = asked(support, "ask-question", QUESTION)
    asked(support, "resolve-case", {"case_id": case_id, "resolution": "Updated"})

    answer = support.command(name, {"case_id": case_id, **body})

    assert (answer.status_code, answer.json()["type"]) == (409, f"urn:crm:problem:{kind}")
    assert "Reopen it" in answer.json()["errors"][0]["way_out"]


def test_a_case_that_changed_since_it_was_read_is_not_resolved(support: Client) -> None:
    case_id = asked(support, "ask-question", QUESTION)
    asked(support, "answer-case", {"case_id": case_id, "answer": "Please come in."})

    answer = support.command("resolve-case", {"case_id": case_id, "resolution": "Updated"}, if_match='"2"')

    assert (answer.status_code, answer.json()["current_version"]) == (412, 3)


def test_a_visit_that_fell_due_is_listed_until_it_is_done(support: Client) -> None:
    visit_id = a_visit(support)
    (due,) = shown(support, "/visits?due_until=2026-03-01")["items"]

    asked(support, "do-visit", {"visit_id": visit_id, "outcome": "All is well"})

    assert (due["visit_id"], due["customer_id"], due["rule"]) == (visit_id, MS_CHEN, "three_days")
    assert shown(support, "/visits")["items"] == []


def test_a_visit_is_not_listed_for_the_days_before_and_after(support: Client) -> None:
    a_visit(support)

    assert shown(support, "/visits?due_until=2026-02-28")["items"] == []
    assert shown(support, "/visits?due_from=2026-03-02")["items"] == []


@pytest.mark.feature("P37")
def test_a_case_or_visit_is_rated_once_and_the_satisfaction_is_shown(support: Client) -> None:
    case_id = asked(support, "file-complaint", COMPLAINT)
    grades = {"subject_kind": "case", "subject_id": case_id, "expectation": 4, "experience": 2}
    asked(support, "rate-service", grades)

    again = support.command("rate-service", grades)

    assert (again.status_code, again.json()["type"]) == (409, "urn:crm:problem:service-already-rated")
    assert shown(support, f"/cases/{case_id}")["satisfaction"] == -2


def test_a_rating_is_about_a_case_or_visit_that_exists(support: Client) -> None:
    visit_id = a_visit(support)
    grades = {"expectation": 4, "experience": 5}

    about_a_visit = support.command("rate-service", {"subject_kind": "visit", "subject_id": visit_id, **grades})
    about_nothing = support.command("rate-service", {"subject_kind": "case", "subject_id": visit_id, **grades})

    assert (about_a_visit.status_code, about_nothing.status_code) == (201, 404)


def test_the_clock_alone_makes_visits_fall_due(support: Client) -> None:
    assert support.command("make-visit-fall-due", VISIT.model_dump(mode="json")).status_code == 404


def test_a_visit_falls_due_only_once(support: Client) -> None:
    a_visit(support)

    with pytest.raises(Exception, match="VisitAlreadyFellDue"):
        a_visit(support)


@pytest.mark.parametrize(
    "path", [f"/cases/{NOBODY}", "/cases/x", "/visits?due_until=soon", "/desks/online/cases?cursor=x"]
)
def test_what_does_not_exist_or_makes_no_sense_is_a_problem_not_a_failure(support: Client, path: str) -> None:
    answer = support.get(path)

    assert answer.status_code in (404, 422)
    assert answer.json()["errors"][0]["way_out"]


def test_no_request_makes_the_service_fail(support: Client) -> None:
    asked(support, "ask-question", QUESTION)

    operations = fuzz(support.app, examples=5, without=[route.path for route in HISTORY.routes])

    assert "POST /commands/resolve-case" in operations

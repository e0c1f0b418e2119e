"""Cases: what one allows, records and rejects."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from crm_chassis.testing import NOON
from crm_kernel import Channel
from crm_support.cases.case import Case, CaseState
from crm_support.cases.errors import (
    CaseAlreadyEscalated,
    CaseAlreadyResolved,
    CaseAlreadyUnresolvable,
    CaseStillOpen,
    RemedyExpectedInThePast,
    ResolvedBeforeItWasOpened,
    UnresolvableCaseEscalated,
)
from crm_support.vocabulary import CaseKind, EscalatedBy, Severity


def facts(case: Case) -> list[str]:
    return [type(fact).__name__ for fact in case.pending_events]


def last(case: Case) -> dict[str, object]:
    return vars(case.pending_events[-1])


def escalate(case: Case, *, to: str = "service-supervisor", by: EscalatedBy = EscalatedBy.HAND) -> None:
    case.escalate(to=to, reason="No end in sight", by=by, rule=None)


def standing(case: Case) -> tuple[object, ...]:
    return (case.state, case.desk, case.escalated_to, case.reason, case.expected_on)


def test_a_case_stands_as_what_was_done_last_left_it(a_complaint: Case) -> None:
    day = date(2026, 12, 3)
    known = (a_complaint.kind, a_complaint.channel, a_complaint.severity, a_complaint.opened_at)
    stands = [standing(a_complaint)]
    for step in (
        lambda: a_complaint.assign(desk="store", assignee="lin.mei", rule="by hand"),
        lambda: escalate(a_complaint, to="wang.lei"),
        lambda: a_complaint.declare_unresolvable(reason="No parts", expected_on=day, at=NOON),
        lambda: a_complaint.answer("Come in."),
        lambda: a_complaint.resolve(resolution="Repaired", at=NOON),
        lambda: a_complaint.reopen("Again"),
    ):
        step()
        stands.append(standing(a_complaint))

    assert known == (CaseKind.COMPLAINT, Channel.CALL_CENTRE, Severity.HIGH, NOON)
    assert stands == [
        (CaseState.OPEN, "", None, None, None),
        (CaseState.OPEN, "store", None, None, None),
        (CaseState.OPEN, "store", "wang.lei", None, None),
        (CaseState.UNRESOLVABLE, "store", "wang.lei", "No parts", day),
        (CaseState.ANSWERED, "store", "wang.lei", "No parts", day),
        (CaseState.RESOLVED, "store", "wang.lei", "No parts", day),
        (CaseState.OPEN, "store", None, "No parts", day),
    ]


def test_the_wait_counts_from_the_opening_to_the_resolution(a_complaint: Case) -> None:
    a_complaint.resolve(resolution="Repaired", at=NOON + timedelta(days=3))

    assert facts(a_complaint) == ["Opened", "Resolved"]
    assert (last(a_complaint)["waited"], last(a_complaint)["opened_at"]) == (timedelta(days=3), NOON)


@pytest.mark.parametrize(
    "again",
    [
        lambda case: case.resolve(resolution="Repaired again", at=NOON + timedelta(days=4)),
        lambda case: case.answer("Still repaired"),
        lambda case: case.assign(desk="store", assignee=None, rule="by hand"),
        lambda case: case.declare_unresolvable(reason="Not after all", expected_on=None, at=NOON + timedelta(days=4)),
        escalate,
    ],
    ids=["resolve", "answer", "assign", "declare unresolvable", "escalate"],
)
def test_nothing_but_reopening_follows_a_resolution(a_resolved_complaint: Case, again: Callable[[Case], None]) -> None:
    before = facts(a_resolved_complaint)

    with pytest.raises(CaseAlreadyResolved) as refused:
        again(a_resolved_complaint)

    assert (refused.value.field, refused.value.value) == ("case_id", a_resolved_complaint.id)
    assert facts(a_resolved_complaint) == before


def test_a_case_cannot_end_before_it_began(a_complaint: Case) -> None:
    too_early = NOON - timedelta(seconds=1)

    with pytest.raises(ResolvedBeforeItWasOpened) as refused:
        a_complaint.resolve(resolution="Repaired", at=too_early)

    assert (refused.value.field, refused.value.value) == ("occurred_at", too_early)


def test_an_unresolvable_case_can_be_answered_later(an_unresolvable_question: Case) -> None:
    an_unresolvable_question.answer("Firmware 2.1 is here")

    assert an_unresolvable_question.state is CaseState.ANSWERED


def test_an_unresolvable_case_can_be_resolved_later(an_unresolvable_question: Case) -> None:
    an_unresolvable_question.resolve(resolution="Updated to 2.1", at=NOON + timedelta(days=30))

    assert an_unresolvable_question.state is CaseState.RESOLVED


def test_the_same_reason_is_not_told_twice(an_unresolvable_question: Case) -> None:
    reason = "No remedy until firmware 2.1"

    with pytest.raises(CaseAlreadyUnresolvable) as refused:
        an_unresolvable_question.declare_unresolvable(
            reason=reason, expected_on=an_unresolvable_question.expected_on, at=NOON
        )

    assert (refused.value.field, refused.value.value) == ("reason", reason)


def test_the_same_reason_may_be_told_again_once_the_case_was_taken_up_again(an_unresolvable_question: Case) -> None:
    told = {"reason": "No remedy until firmware 2.1", "expected_on": an_unresolvable_question.expected_on}
    an_unresolvable_question.reopen("It is worse")

    an_unresolvable_question.declare_unresolvable(**told, at=NOON)

    assert an_unresolvable_question.state is CaseState.UNRESOLVABLE


def test_a_new_day_for_the_remedy_may_be_told(an_unresolvable_question: Case) -> None:
    later = date(2026, 12, 3)

    an_unresolvable_question.declare_unresolvable(reason="No remedy until firmware 2.1", expected_on=later, at=NOON)

    assert an_unresolvable_question.expected_on == later


@pytest.mark.parametrize(
    ("at", "expected_on", "allowed"),
    [
        (NOON, date(2026, 3, 1), True),
        (NOON, date(2026, 2, 28), False),
        # Until noon in London it is still yesterday at UTC-12.
        (NOON - timedelta(seconds=1), date(2026, 2, 28), True),
        (NOON - timedelta(seconds=1), date(2026, 2, 27), False),
    ],
)
def test_a_remedy_is_expected_today_or_later(a_question: Case, at: datetime, expected_on: date, allowed: bool) -> None:
    def declare() -> None:
        a_question.declare_unresolvable(reason="No remedy yet", expected_on=expected_on, at=at)

    if allowed:
        declare()
        assert a_question.expected_on == expected_on
    else:
        with pytest.raises(RemedyExpectedInThePast) as refused:
            declare()
        assert (refused.value.field, refused.value.value) == ("expected_on", expected_on)


@pytest.mark.parametrize("state", ["a_resolved_complaint", "an_unresolvable_question"])
def test_what_was_closed_can_be_reopened_with_a_reason(state: str, request: pytest.FixtureRequest) -> None:
    case: Case = request.getfixturevalue(state)

    case.reopen("It flickers again")

    assert case.state is CaseState.OPEN
    assert last(case)["reason"] == "It flickers again"


def test_a_case_that_was_not_closed_is_not_reopened(a_question: Case) -> None:
    a_question.answer("Soon")

    with pytest.raises(CaseStillOpen) as refused:
        a_question.reopen("Hurry")

    assert (refused.value.field, refused.value.value) == ("case_id", a_question.id)


def test_a_case_is_escalated_to_the_supervisor_or_another_person_once_each(a_complaint: Case) -> None:
    escalate(a_complaint, by=EscalatedBy.DEADLINE)
    escalate(a_complaint, to="lin.mei")

    with pytest.raises(CaseAlreadyEscalated) as refused:
        escalate(a_complaint, to="lin.mei")

    assert (refused.value.field, refused.value.value) == ("to", "lin.mei")
    assert facts(a_complaint) == ["Opened", "Escalated", "Escalated"]


def test_a_reopened_case_may_be_escalated_to_the_same_person_again(a_complaint: Case) -> None:
    escalate(a_complaint)
    a_complaint.resolve(resolution="Repaired", at=NOON)
    a_complaint.reopen("It flickers again")

    escalate(a_complaint)

    assert facts(a_complaint)[-1] == "Escalated"


def test_no_deadline_escalates_a_case_whose_reason_was_told_but_a_person_may(an_unresolvable_question: Case) -> None:
    with pytest.raises(UnresolvableCaseEscalated) as refused:
        escalate(an_unresolvable_question, by=EscalatedBy.DEADLINE)

    assert (refused.value.field, refused.value.value) == ("case_id", an_unresolvable_question.id)
    escalate(an_unresolvable_question, by=EscalatedBy.HAND)

    assert facts(an_unresolvable_question)[-1] == "Escalated"


@pytest.mark.parametrize("state", ["a_question", "a_complaint", "a_resolved_complaint", "an_unresolvable_question"])
def test_a_replayed_case_equals_the_live_one(state: str, request: pytest.FixtureRequest) -> None:
    live: Case = request.getfixturevalue(state)

    replayed = None
    for fact in live.collect_events():
        replayed = fact.mutate(replayed)

    assert replayed == live

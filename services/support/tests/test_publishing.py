"""What others hear of support's facts: each as it goes on the wire."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from crm_chassis.testing import NOON
from crm_eventlog.aggregate import Aggregate
from crm_kernel import Channel
from crm_support.cases.case import Case
from crm_support.ratings.rating import Rating
from crm_support.service import SERVICE
from crm_support.visits.visit import Visit
from crm_support.vocabulary import CaseKind, EscalatedBy, RatedKind

MS_CHEN = UUID(int=7)
CUSTOMER = '"customer_id":"00000000-0000-0000-0000-000000000007"'
CASE = f'{{{CUSTOMER},"case_id":"00000000-0000-0000-0000-000000000001","kind":"question"'
VISIT = (
    f'{{{CUSTOMER},"visit_id":"915e0f38-ed8f-5890-93c3-e81f58c18433",'
    '"order_id":"00000000-0000-0000-0000-000000000009","rule":"three_days"'
)


def said(*aggregates: Aggregate) -> dict[str, str]:
    """List what is said of everything these have decided: the fact's name -> the last event's JSON."""
    facts = [fact for aggregate in aggregates for fact in aggregate.pending_events]
    events = [(type(fact).__name__, SERVICE.publish(fact, MS_CHEN)) for fact in facts]
    return {name: event.model_dump_json() for name, event in events if event}


def test_a_case_is_told_with_its_answer_or_the_reason_for_none(a_question: Case) -> None:
    a_question.assign(desk="online", assignee=None, rule="assignment 2026-1")
    a_question.declare_unresolvable(reason="No remedy until firmware 2.1", expected_on=date(2026, 12, 3), at=NOON)
    a_question.escalate(to="service-supervisor", reason="She calls daily", by=EscalatedBy.HAND, rule=None)
    a_question.answer("Firmware 2.1 is here")
    a_question.resolve(resolution="Updated", at=NOON + timedelta(days=3))
    a_question.reopen("It flickers again")

    assert said(a_question) == {
        "Opened": f'{{{CUSTOMER},"case_id":"00000000-0000-0000-0000-000000000001","channel":"web",'
        '"subject":"The screen flickers","text":"Why does it flicker in the dark?",'
        '"order_id":"00000000-0000-0000-0000-000000000009"}',
        "Assigned": f'{CASE},"desk":"online","assignee":null,"rule":"assignment 2026-1"}}',
        "DeclaredUnresolvable": f'{CASE},"reason":"No remedy until firmware 2.1","expected_on":"2026-12-03"}}',
        "Escalated": f'{CASE},"to":"service-supervisor","by":"hand","reason":"She calls daily"}}',
        "Answered": f'{CASE},"answer":"Firmware 2.1 is here"}}',
        "Resolved": f'{CASE},"resolution":"Updated","opened_at":"2026-03-01T12:00:00Z","waited":"P3D"}}',
        "Reopened": f'{CASE},"reason":"It flickers again"}}',
    }


def test_a_complaint_is_told_with_its_severity_and_that_its_deadline_passed_it_up(a_complaint: Case) -> None:
    a_complaint.assign(desk="complaints", assignee="lin.mei", rule="by hand")
    a_complaint.escalate(to="wang.lei", reason="Late", by=EscalatedBy.DEADLINE, rule="escalation 2026-1")
    a_complaint.declare_unresolvable(reason="No parts", expected_on=None, at=NOON)
    case = f'{{{CUSTOMER},"case_id":"00000000-0000-0000-0000-000000000002","kind":"complaint"'

    assert said(a_complaint) == {
        "Assigned": f'{case},"desk":"complaints","assignee":"lin.mei","rule":"by hand"}}',
        "Escalated": f'{case},"to":"wang.lei","by":"deadline","reason":"Late"}}',
        "DeclaredUnresolvable": f'{case},"reason":"No parts","expected_on":null}}',
        "Opened": f'{{{CUSTOMER},"case_id":"00000000-0000-0000-0000-000000000002","channel":"call_centre",'
        '"subject":"The screen still flickers","text":"Nobody helps me.","severity":"high",'
        '"order_id":"00000000-0000-0000-0000-000000000009"}',
    }


@pytest.mark.parametrize("kind", [CaseKind.PRAISE, CaseKind.SUGGESTION, CaseKind.NEED, CaseKind.CRITICISM])
def test_feedback_is_told_with_its_kind(kind: CaseKind) -> None:
    case = Case(
        case_id=UUID(int=3),
        customer_id=MS_CHEN,
        kind=kind,
        channel=Channel.MAIL,
        subject="Your staff",
        text="Ms Lin",
        opened_at=NOON,
    )

    assert said(case) == {
        "Opened": f'{{{CUSTOMER},"case_id":"00000000-0000-0000-0000-000000000003","channel":"mail",'
        f'"kind":"{kind}","subject":"Your staff","text":"Ms Lin"}}'
    }


@pytest.mark.parametrize("kind", RatedKind)
@pytest.mark.parametrize(("remark", "told"), [(None, "null"), ("Quick", '"Quick"')])
def test_a_rating_is_told_with_its_satisfaction(kind: RatedKind, remark: str | None, told: str) -> None:
    rating = Rating.give(
        customer_id=MS_CHEN, subject_kind=kind, subject_id=UUID(int=1), expectation=4, experience=2, remark=remark
    )

    assert said(rating) == {
        "Given": f'{{{CUSTOMER},"rating_id":"0275f567-d606-5cc4-8db0-9ca10d90e22a","subject_kind":"{kind}",'
        '"subject_id":"00000000-0000-0000-0000-000000000001",'
        f'"expectation":4,"experience":2,"satisfaction":-2,"remark":{told}}}'
    }


def test_a_visit_is_told_when_it_falls_due_and_when_it_is_done(a_due_visit: Visit) -> None:
    a_due_visit.do("All is well")

    assert said(a_due_visit) == {
        "FellDue": f'{VISIT},"due_on":"2026-03-04"}}',
        "Done": f'{VISIT},"outcome":"All is well"}}',
    }


def test_a_skipped_visit_is_told_with_the_reason(a_due_visit: Visit) -> None:
    a_due_visit.skip("She moved away")

    assert said(a_due_visit)["Skipped"] == f'{VISIT},"reason":"She moved away"}}'


def test_a_foreign_fact_stays_private() -> None:
    assert SERVICE.publish(object(), MS_CHEN) is None


def test_no_fact_of_support_is_private() -> None:
    # Whoever adds a fact decides here whether others hear it.
    facts = {
        f"{aggregate.__name__}.{name}"
        for aggregate in SERVICE.aggregates
        for name, kind in vars(aggregate).items()
        if isinstance(kind, type) and issubclass(kind, Aggregate.Event) and name not in ("Event", "Created")
    }

    assert facts == {
        "Case.Opened",
        "Case.Assigned",
        "Case.Answered",
        "Case.Resolved",
        "Case.DeclaredUnresolvable",
        "Case.Reopened",
        "Case.Escalated",
        "Rating.Given",
        "Visit.FellDue",
        "Visit.Done",
        "Visit.Skipped",
    }

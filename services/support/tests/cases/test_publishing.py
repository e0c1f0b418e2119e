"""Public events of cases, each as it goes on the wire."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from crm_chassis.testing import NOON
from crm_kernel import Channel
from crm_support.cases.case import Case
from crm_support.vocabulary import CaseKind, EscalatedBy
from services.support.tests.published import published

MS_CHEN = UUID(int=7)
CUSTOMER = '"customer_id":"00000000-0000-0000-0000-000000000007"'
CASE = f'{{{CUSTOMER},"case_id":"00000000-0000-0000-0000-000000000001","kind":"question"'


def test_a_case_is_told_with_its_answer_or_the_reason_for_none(a_question: Case) -> None:
    a_question.assign(desk="online", assignee=None, rule="assignment 2026-1")
    a_question.declare_unresolvable(reason="No remedy until firmware 2.1", expected_on=date(2026, 12, 3), at=NOON)
    a_question.escalate(to="service-supervisor", reason="She calls daily", by=EscalatedBy.HAND, rule=None)
    a_question.answer("Firmware 2.1 is here")
    a_question.resolve(resolution="Updated", at=NOON + timedelta(days=3))
    a_question.reopen("It flickers again")

    assert published(a_question) == {
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

    assert published(a_complaint) == {
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

    assert published(case) == {
        "Opened": f'{{{CUSTOMER},"case_id":"00000000-0000-0000-0000-000000000003","channel":"mail",'
        f'"kind":"{kind}","subject":"Your staff","text":"Ms Lin"}}'
    }

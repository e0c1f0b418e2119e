"""Commands about cases: given what was done, when a command comes, then its facts or its error."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from crm_chassis.testing import NOON
from crm_chassis.testing.scenario import Given
from crm_eventlog.aggregate import Aggregate
from crm_eventlog.application import StaleVersion
from crm_eventlog.command import Command
from crm_kernel import NotFound
from crm_support.cases.case import Case
from crm_support.cases.commands import (
    AnswerCase,
    AskQuestion,
    AssignCase,
    DeclareCaseUnresolvable,
    EscalateCase,
    FileComplaint,
    GiveFeedback,
    ReopenCase,
    ResolveCase,
)
from crm_support.cases.errors import CaseAlreadyEscalated, CaseAlreadyResolved, CaseStillOpen
from crm_support.vocabulary import CaseKind, EscalatedBy, Severity

CASE = UUID(int=1)
OPENING = {"case_id": CASE, "customer_id": UUID(int=7), "channel": "mail", "subject": "Screen", "text": "Why?"}
ASK = AskQuestion(**OPENING)
RESOLVE = ResolveCase(case_id=CASE, resolution="Repaired")
ESCALATE = EscalateCase(case_id=CASE, to="wang.lei", reason="Urgent")


@pytest.mark.parametrize(
    ("command", "kind", "severity", "desk"),
    [
        (ASK, CaseKind.QUESTION, None, "online"),
        (FileComplaint(**OPENING), CaseKind.COMPLAINT, Severity.NORMAL, "complaints"),
        (FileComplaint(**OPENING, severity="critical"), CaseKind.COMPLAINT, Severity.CRITICAL, "complaints"),
        (GiveFeedback(**OPENING, kind="praise"), CaseKind.PRAISE, None, "care"),
    ],
)
def test_a_case_is_opened_and_assigned_by_the_rule_in_one(
    given: Callable[..., Given], command: Command, kind: CaseKind, severity: Severity | None, desk: str
) -> None:
    outcome = given().when(command)

    outcome.then(Case.Opened, Case.Assigned, kind=kind, desk=desk, assignee=None, rule="assignment 2026-1")
    opened = outcome.facts[0]
    assert (opened.kind, opened.severity, opened.opened_at, opened.subject) == (kind, severity, NOON, "Screen")


@pytest.mark.parametrize(
    ("command", "fact", "fields"),
    [
        (AssignCase(case_id=CASE, desk="store", assignee="he.qiang"), Case.Assigned,
         {"desk": "store", "assignee": "he.qiang", "rule": "by hand"}),
        (AnswerCase(case_id=CASE, answer="Soon."), Case.Answered, {"answer": "Soon."}),
        (RESOLVE, Case.Resolved, {"resolution": "Repaired", "opened_at": NOON, "waited": timedelta()}),
        (DeclareCaseUnresolvable(case_id=CASE, reason="No parts", expected_on=NOON.date()), Case.DeclaredUnresolvable,
         {"reason": "No parts", "expected_on": NOON.date()}),
        (ESCALATE, Case.Escalated, {"to": "wang.lei", "reason": "Urgent", "by": EscalatedBy.HAND, "rule": None}),
    ],
)  # fmt: skip
def test_a_command_about_an_open_case_records_its_one_fact(
    given: Callable[..., Given], command: Command, fact: type[Aggregate.Event], fields: dict[str, Any]
) -> None:
    given(ASK).when(command).then(fact, kind=CaseKind.QUESTION, **fields)


def test_a_resolved_case_is_reopened_with_its_reason(given: Callable[..., Given]) -> None:
    given(ASK, RESOLVE).when(ReopenCase(case_id=CASE, reason="Again")).then(Case.Reopened, reason="Again")


def test_a_case_that_was_resolved_is_not_resolved_again(given: Callable[..., Given]) -> None:
    given(ASK, RESOLVE).when(RESOLVE).then_rejected(CaseAlreadyResolved, "case_id", CASE)


def test_an_open_case_is_not_reopened(given: Callable[..., Given]) -> None:
    given(ASK).when(ReopenCase(case_id=CASE, reason="Again")).then_rejected(CaseStillOpen, "case_id", CASE)


def test_a_case_is_not_escalated_twice_to_the_same_person(given: Callable[..., Given]) -> None:
    given(ASK, ESCALATE).when(ESCALATE).then_rejected(CaseAlreadyEscalated, "to", "wang.lei")


def test_a_case_that_changed_since_it_was_read_is_left_as_it_is(given: Callable[..., Given]) -> None:
    given(ASK).when(RESOLVE, expected_version=1).then_rejected(StaleVersion, "expected_version", 1)


def test_a_case_that_does_not_exist_is_not_found(given: Callable[..., Given]) -> None:
    given().when(RESOLVE).then_rejected(NotFound, "case_id", CASE)

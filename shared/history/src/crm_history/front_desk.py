"""The front desk: open questions and complaints, with the answer or the reason why there is none."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, select

from crm_events import parse, support
from crm_history.tables import customer_history
from crm_history.timeline import NOW, AsOf

RECENTLY = timedelta(days=14)
_KINDS = (support.CaseKind.QUESTION.value, support.CaseKind.COMPLAINT.value)


class State(StrEnum):
    """A state of a question or a complaint."""

    OPEN = "open"
    ANSWERED = "answered"
    ESCALATED = "escalated"
    UNRESOLVABLE = "unresolvable"
    RESOLVED = "resolved"


@dataclass(slots=True)
class Concern:
    """A question or a complaint as it stands now; `answer` is the last thing the customer was told.

    `reason` says why there is no answer, why it was opened again or why it was passed up; `escalated_to` stays beside
    the state, because an answered or unresolvable case may lie with somebody higher as well.
    """

    case_id: UUID
    kind: str
    subject: str
    text: str
    channel: str
    severity: str | None
    asked_at: datetime
    changed_at: datetime
    state: State = State.OPEN
    answer: str | None = None
    reason: str | None = None
    expected_on: date | None = None
    desk: str | None = None
    assignee: str | None = None
    escalated_to: str | None = None


def front_desk(
    db: Connection, customer_id: UUID, *, now: datetime, as_of: AsOf = NOW, recently: timedelta = RECENTLY
) -> list[Concern]:
    """List the customer's questions and complaints that are not settled, or were `recently`; last changed first."""
    row = customer_history.c
    query = select(row.stream, row.type, row.data, row.occurred_at).where(
        row.customer_id == customer_id, row.source == "support", row.kind.in_(_KINDS), *as_of.conditions()
    )
    rows = db.execute(query.order_by(row.stream, row.version))
    # Whoever asks what was known on a day stands at the desk of that day.
    since = (as_of.occurred_by or as_of.recorded_by or now) - recently
    folded = (_fold(list(of_case)) for _, of_case in groupby(rows, key=lambda row: row.stream))
    shown = [concern for concern in folded if concern and _still_matters(concern, since)]
    return sorted(shown, key=lambda concern: (concern.changed_at, concern.case_id.hex), reverse=True)


def _still_matters(concern: Concern, since: datetime) -> bool:
    return concern.state is not State.RESOLVED or concern.changed_at >= since


def _fold(rows: Iterable[Row[Any]]) -> Concern | None:
    """Fold a case in its own order; None while its beginning has not arrived or was not known."""
    concern: Concern | None = None
    for row in rows:
        event = parse(row.type, row.data)
        if isinstance(event, support.QuestionAsked | support.ComplaintFiled):
            concern = _begun(event, row.occurred_at)
        elif concern is not None:
            _go_on(concern, event)
            concern.changed_at = row.occurred_at
    return concern


def _begun(event: support.QuestionAsked | support.ComplaintFiled, at: datetime) -> Concern:
    complaint = isinstance(event, support.ComplaintFiled)
    return Concern(
        case_id=event.case_id,
        kind=(support.CaseKind.COMPLAINT if complaint else support.CaseKind.QUESTION).value,
        subject=event.subject,
        text=event.text,
        channel=event.channel.value,
        severity=event.severity.value if isinstance(event, support.ComplaintFiled) else None,
        asked_at=at,
        changed_at=at,
    )


def _go_on(concern: Concern, event: object) -> None:
    match event:
        case support.CaseAssigned(desk=desk, assignee=assignee):
            concern.desk, concern.assignee = desk, assignee
        case support.CaseAnswered(answer=answer):
            concern.state, concern.answer, concern.reason, concern.expected_on = State.ANSWERED, answer, None, None
        case support.CaseResolved(resolution=resolution):
            concern.state, concern.answer, concern.reason, concern.expected_on = State.RESOLVED, resolution, None, None
            concern.escalated_to = None
        case support.CaseDeclaredUnresolvable(reason=reason, expected_on=expected_on):
            concern.state, concern.reason, concern.expected_on = State.UNRESOLVABLE, reason, expected_on
        case support.CaseReopened(reason=reason):
            concern.state, concern.reason, concern.expected_on = State.OPEN, reason, None
            concern.escalated_to = None
        case support.CaseEscalated(to=to, reason=reason):
            concern.escalated_to = to
            if concern.state is State.OPEN:
                concern.state, concern.reason = State.ESCALATED, reason

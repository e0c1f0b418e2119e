"""Cases with their desk and state, the answer, or the reason why there is none."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Date,
    Index,
    Integer,
    MetaData,
    Row,
    Table,
    Text,
    Uuid,
    or_,
    select,
)

from crm_eventlog.columns import Instant
from crm_eventlog.envelope import CloudEvent
from crm_eventlog.projection import Keyset, ReadModel, insert_or_ignore
from crm_events.support import (
    CaseAnswered,
    CaseAssigned,
    CaseDeclaredUnresolvable,
    CaseEscalated,
    CasePrioritised,
    CaseReopened,
    CaseResolved,
    ComplaintFiled,
    FeedbackGiven,
    Priority,
    QuestionAsked,
    ServiceRated,
)

# `answer` is the last thing the customer was told; `reason` why there is no remedy, or why the case was reopened.
# `settled` hides a case from its desk. It keeps its row, for a reopened case must show again what it was about.
cases = Table(
    "cases",
    MetaData(),
    Column("case_id", Uuid, primary_key=True),
    Column("customer_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("severity", Text),
    Column("order_id", Uuid),
    Column("subject", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("settled", Boolean, nullable=False),
    Column("desk", Text, nullable=False),
    Column("assignee", Text),
    Column("escalated_to", Text),
    Column("answer", Text),
    Column("reason", Text),
    Column("expected_on", Date),
    Column("resolution", Text),
    Column("waited_seconds", BigInteger),
    Column("opened_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("expectation", Integer),
    Column("experience", Integer),
    Column("satisfaction", Integer),
    Column("priority", Text, nullable=False, server_default=Priority.NORMAL.value),
    Column("urgency", Integer, nullable=False, server_default="1"),
    Index("urgent_cases_by_desk", "desk", "settled", "urgency", "opened_at", "case_id"),
    Index("urgent_cases_by_escalation", "escalated_to", "settled", "urgency", "opened_at", "case_id"),
    Index("cases_by_customer", "customer_id", "opened_at", "case_id"),
)
# How soon a case is settled, in the order of its desk.
URGENCY = {Priority.URGENT: 0, Priority.NORMAL: 1, Priority.LOW: 2}
DESK_ORDER = Keyset(cases.c.urgency, cases.c.opened_at, cases.c.case_id)
CUSTOMER_ORDER = Keyset(cases.c.opened_at.desc(), cases.c.case_id.desc())


def project(events: Sequence[CloudEvent], db: Connection) -> None:
    """Keep each case as the customer would have it told to them."""
    for event in events:
        match event.data:
            case QuestionAsked() | ComplaintFiled() | FeedbackGiven():
                insert_or_ignore(db, cases, [_opened(event)])
            case ServiceRated(subject_kind="case"):
                _change(db, event.data.subject_id, _grades(event.data))
            case _ if changes := _changes(event.data):
                _change(db, event.data.case_id, {**changes, "changed_at": event.time})


def of_desk(db: Connection, desk: str, *, after: tuple[Any, ...] | None, limit: int) -> Sequence[Row[Any]]:
    """List what a desk must settle, also what was escalated to it: the most urgent first, then the oldest."""
    query = select(cases).where(~cases.c.settled, or_(cases.c.desk == desk, cases.c.escalated_to == desk))
    return db.execute(DESK_ORDER.page(query, after=after, limit=limit)).all()


def of_customer(db: Connection, customer_id: UUID, *, after: tuple[Any, ...] | None, limit: int) -> Sequence[Row[Any]]:
    """List the customer's cases, the newest first."""
    query = select(cases).where(cases.c.customer_id == customer_id)
    return db.execute(CUSTOMER_ORDER.page(query, after=after, limit=limit)).all()


def one(db: Connection, case_id: UUID) -> Row[Any] | None:
    """Return the case with this id, or None."""
    return db.execute(select(cases).where(cases.c.case_id == case_id)).one_or_none()


def _change(db: Connection, case_id: UUID, changes: dict[str, Any]) -> None:
    db.execute(cases.update().where(cases.c.case_id == case_id).values(changes))


def _opened(event: CloudEvent) -> dict[str, Any]:
    match event.data:
        case QuestionAsked():
            known = {"kind": "question", "severity": None, "order_id": event.data.order_id}
        case ComplaintFiled():
            known = {"kind": "complaint", "severity": event.data.severity.value, "order_id": event.data.order_id}
        case _:
            known = {"kind": event.data.kind.value, "severity": None, "order_id": None}
    return {
        **known,
        "case_id": event.data.case_id,
        "customer_id": event.data.customer_id,
        "channel": event.data.channel.value,
        "subject": event.data.subject,
        "text": event.data.text,
        "state": "open",
        "settled": False,
        "desk": "",
        "opened_at": event.time,
        "changed_at": event.time,
    }


def _changes(data: object) -> dict[str, Any] | None:
    match data:
        case CaseAssigned():
            return {"desk": data.desk, "assignee": data.assignee}
        case CaseEscalated():
            return {"escalated_to": data.to}
        case CasePrioritised():
            return {"priority": data.priority.value, "urgency": URGENCY[data.priority]}
        case CaseAnswered():
            return {"state": "answered", "answer": data.answer, "reason": None, "expected_on": None}
        case CaseDeclaredUnresolvable():
            return {"state": "unresolvable", "reason": data.reason, "expected_on": data.expected_on}
        case CaseResolved():
            return _resolved(data)
        case CaseReopened():
            return _reopened(data)
        case _:
            return None


def _resolved(data: CaseResolved) -> dict[str, Any]:
    return {
        "state": "resolved",
        "settled": True,
        "resolution": data.resolution,
        "waited_seconds": int(data.waited.total_seconds()),
        "reason": None,
        "expected_on": None,
    }


def _reopened(data: CaseReopened) -> dict[str, Any]:
    return {
        "state": "open",
        "settled": False,
        "reason": data.reason,
        "expected_on": None,
        "resolution": None,
        "waited_seconds": None,
        "escalated_to": None,
    }


def _grades(rated: ServiceRated) -> dict[str, Any]:
    return {
        "expectation": rated.expectation,
        "experience": rated.experience,
        "satisfaction": rated.satisfaction,
    }


READ_MODEL = ReadModel(
    name="cases",
    version=1,
    tables=(cases,),
    topics=frozenset({"crm.support.v1"}),
    project=project,
)

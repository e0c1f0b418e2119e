"""What is still to be settled, by desk; a case whose remedy is awaited stays in sight."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Column, Connection, Index, MetaData, Row, Table, Text, Uuid, or_, select, tuple_

from crm_eventlog.columns import Instant
from crm_eventlog.envelope import CloudEvent
from crm_eventlog.projection import ReadModel, insert_or_ignore
from crm_events.support import (
    CaseAnswered,
    CaseAssigned,
    CaseDeclaredUnresolvable,
    CaseEscalated,
    CaseReopened,
    CaseResolved,
    ComplaintFiled,
    FeedbackGiven,
    QuestionAsked,
)

# A settled case keeps its row, hidden, because a reopened one must show again what it was about.
open_cases = Table(
    "open_cases",
    MetaData(),
    Column("case_id", Uuid, primary_key=True),
    Column("customer_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("severity", Text),
    Column("subject", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("shown", Boolean, nullable=False),
    Column("desk", Text, nullable=False),
    Column("assignee", Text),
    Column("escalated_to", Text),
    Column("opened_at", Instant, nullable=False),
    Index("open_cases_of_desk", "desk", "shown", "opened_at", "case_id"),
    Index("open_cases_escalated", "escalated_to", "shown", "opened_at", "case_id"),
)


def project(events: Sequence[CloudEvent], db: Connection) -> None:
    """Show a case from its opening until it is resolved, and again when it is reopened."""
    for event in events:
        match event.data:
            case QuestionAsked() | ComplaintFiled() | FeedbackGiven():
                insert_or_ignore(db, open_cases, [_opened(event)])
            case _ if changes := _changes(event.data):
                db.execute(open_cases.update().where(open_cases.c.case_id == event.data.case_id).values(changes))


def of_desk(db: Connection, desk: str, *, after: tuple[Any, ...] | None, limit: int) -> Sequence[Row[Any]]:
    """The cases a desk has, or that were escalated to it, the oldest first; `after` is (opened_at, case_id)."""
    query = (
        select(open_cases)
        .where(open_cases.c.shown, or_(open_cases.c.desk == desk, open_cases.c.escalated_to == desk))
        .order_by(open_cases.c.opened_at, open_cases.c.case_id)
        .limit(limit)
    )
    if after:
        seen = tuple_(*after, types=(Instant, Uuid))
        query = query.where(tuple_(open_cases.c.opened_at, open_cases.c.case_id) > seen)
    return db.execute(query).all()


AFTER = (datetime, UUID)


def _opened(event: CloudEvent) -> dict[str, Any]:
    match event.data:
        case QuestionAsked():
            kind, severity = "question", None
        case ComplaintFiled():
            kind, severity = "complaint", event.data.severity.value
        case _:
            kind, severity = event.data.kind.value, None
    return {
        "case_id": event.data.case_id,
        "customer_id": event.data.customer_id,
        "kind": kind,
        "channel": event.data.channel.value,
        "severity": severity,
        "subject": event.data.subject,
        "state": "open",
        "shown": True,
        "desk": "",
        "opened_at": event.time,
    }


def _changes(data: object) -> dict[str, Any] | None:
    match data:
        case CaseAssigned():
            return {"desk": data.desk, "assignee": data.assignee}
        case CaseEscalated():
            return {"escalated_to": data.to}
        case CaseAnswered():
            return {"state": "answered"}
        case CaseDeclaredUnresolvable():
            return {"state": "unresolvable"}
        case CaseResolved():
            return {"state": "resolved", "shown": False}
        case CaseReopened():
            return {"state": "open", "shown": True, "escalated_to": None}
        case _:
            return None


READ_MODEL = ReadModel(
    name="open_cases", version=1, tables=(open_cases,), topics=frozenset({"crm.support.v1"}), project=project
)

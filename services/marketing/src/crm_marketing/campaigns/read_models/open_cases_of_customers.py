"""The open questions and complaints of customers; a case that is declared unresolvable stays open."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Connection, Index, MetaData, Table, Text, Uuid, select

from crm_eventlog.columns import Instant
from crm_eventlog.envelope import CloudEvent
from crm_eventlog.projection import ReadModel, insert_or_ignore
from crm_events.support import CaseKind, CaseReopened, CaseResolved, ComplaintFiled, QuestionAsked

open_cases_of_customers = Table(
    "open_cases_of_customers",
    MetaData(),
    Column("case_id", Uuid, primary_key=True),
    Column("customer_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Index("open_cases_of_customers_by_kind", "customer_id", "kind", "opened_at", "case_id"),
)
AWAITED = frozenset({CaseKind.QUESTION, CaseKind.COMPLAINT})


def project(events: Sequence[CloudEvent], db: Connection) -> None:
    """Show a case from its opening until it is resolved, and again from its reopening."""
    for event in events:
        match event.data:
            case ComplaintFiled():
                insert_or_ignore(db, open_cases_of_customers, [_opened(event, CaseKind.COMPLAINT)])
            case QuestionAsked():
                insert_or_ignore(db, open_cases_of_customers, [_opened(event, CaseKind.QUESTION)])
            case CaseReopened(kind=kind) if kind in AWAITED:
                insert_or_ignore(db, open_cases_of_customers, [_opened(event, kind)])
            case CaseResolved(case_id=case_id):
                db.execute(open_cases_of_customers.delete().where(open_cases_of_customers.c.case_id == case_id))


def complaints_of(db: Connection, customer_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """Return customer -> the complaint that is open longest, for those of these customers who have one."""
    cases = open_cases_of_customers.c
    query = select(cases.customer_id, cases.case_id).where(
        cases.customer_id.in_(customer_ids), cases.kind == CaseKind.COMPLAINT.value
    )
    oldest_last = query.order_by(cases.opened_at.desc(), cases.case_id.desc())
    return {row.customer_id: row.case_id for row in db.execute(oldest_last)}


def _opened(event: CloudEvent, kind: CaseKind) -> dict[str, Any]:
    return {
        "case_id": event.data.case_id,
        "customer_id": event.data.customer_id,
        "kind": kind.value,
        "opened_at": event.time,
    }


READ_MODEL = ReadModel(
    name="open_cases_of_customers",
    version=1,
    tables=(open_cases_of_customers,),
    topics=frozenset({"crm.support.v1"}),
    project=project,
)

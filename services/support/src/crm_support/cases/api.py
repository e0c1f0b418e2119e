"""Cases over HTTP."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field

from crm_chassis.web import Page, Paged, ReadConnection, ReaderLanguage
from crm_kernel import NotFound
from crm_support.cases.read_models import cases
from crm_support.cases.wording import status_text

router = APIRouter(tags=["support"])


class OpenCase(BaseModel):
    """A case as its desk sees it in the list."""

    model_config = ConfigDict(from_attributes=True)

    case_id: UUID
    customer_id: UUID
    kind: str
    channel: str
    severity: str | None
    subject: str
    state: str
    desk: str
    assignee: str | None
    escalated_to: str | None
    opened_at: datetime
    priority: str


class CaseOfCustomer(OpenCase):
    """A case as the person at the front desk needs it: the question, its state, the answer or the reason for none."""

    order_id: UUID | None
    text: str
    answer: str | None
    reason: str | None = Field(description="Why there is no remedy yet, or why the case was reopened.")
    expected_on: date | None
    resolution: str | None
    waited_seconds: int | None
    changed_at: datetime
    expectation: int | None
    experience: int | None
    satisfaction: int | None = Field(description="Experience less expectation, -4 to 4.")
    standing: str = Field(default="", description="How the case stands, in the reader's language.")


@router.get("/desks/{desk}/cases")
def cases_of_desk(desk: Annotated[str, Path(max_length=100)], db: ReadConnection, paging: Paged) -> Page[OpenCase]:
    """List the cases that a desk or a supervisor has to settle, the most urgent first and of those the oldest."""
    rows = cases.of_desk(db, desk, after=paging.after(*cases.DESK_ORDER.types), limit=paging.fetch)
    return paging.page(rows, item=OpenCase.model_validate, key=cases.DESK_ORDER.of)


@router.get("/customers/{customer_id}/cases")
def cases_of_one_customer(
    customer_id: UUID, db: ReadConnection, paging: Paged, language: ReaderLanguage
) -> Page[CaseOfCustomer]:
    """List everything a customer came to us with, the newest first."""
    rows = cases.of_customer(db, customer_id, after=paging.after(*cases.CUSTOMER_ORDER.types), limit=paging.fetch)
    return paging.page(rows, item=lambda row: _case(row, language), key=cases.CUSTOMER_ORDER.of)


@router.get("/cases/{case_id}")
def one_case(case_id: UUID, db: ReadConnection, language: ReaderLanguage) -> CaseOfCustomer:
    """Read one case, for whoever answers the customer next."""
    row = cases.one(db, case_id)
    if row is None:
        raise NotFound("case_id", case_id)
    return _case(row, language)


def _case(row: Any, language: str) -> CaseOfCustomer:
    return CaseOfCustomer.model_validate(row).model_copy(update={"standing": status_text(row, language)})

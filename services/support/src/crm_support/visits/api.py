"""Visits over HTTP."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict

from crm_chassis.web import Page, Paged, ReadConnection
from crm_support.visits.read_models import visits_due

router = APIRouter(tags=["support"])


class DueVisit(BaseModel):
    """A visit that fell due."""

    model_config = ConfigDict(from_attributes=True)

    visit_id: UUID
    customer_id: UUID
    order_id: UUID
    rule: str
    due_on: date


@router.get("/visits")
def visits(
    db: ReadConnection,
    paging: Paged,
    due_until: Annotated[date | None, Query(description="Due on this day or earlier.")] = None,
    due_from: Annotated[date | None, Query(description="Due on this day or later.")] = None,
) -> Page[DueVisit]:
    """List the visits that fell due and are neither done nor skipped, the longest due first."""
    after = paging.after(*visits_due.SOONEST_FIRST.types)
    rows = visits_due.between(db, due_from, due_until, after=after, limit=paging.fetch)
    return paging.page(rows, item=DueVisit.model_validate, key=visits_due.SOONEST_FIRST.of)

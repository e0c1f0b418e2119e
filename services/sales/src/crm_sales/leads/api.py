"""Leads over HTTP."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from crm_chassis.web import Page, Paged, ReadConnection
from crm_sales.leads.read_models import leads_of_salesperson

router = APIRouter(tags=["sales"])


class Lead(BaseModel):
    """A lead as its salesperson sees it."""

    model_config = ConfigDict(from_attributes=True)

    lead_id: UUID
    customer_id: UUID
    source: str
    keyword: str | None
    campaign_code: str | None
    interest: str
    captured_at: datetime
    salesperson: str
    rule: str = Field(description="The rule and its version that chose the salesperson, or by_hand.")
    assigned_at: datetime
    opportunity_id: UUID | None = Field(description="What became of it.")


@router.get("/salespeople/{name}/leads")
def leads_of_one_salesperson(
    name: Annotated[str, Path(max_length=100)],
    db: ReadConnection,
    paging: Paged,
    unconverted: Annotated[bool, Query(description="Only those that are no opportunity yet.")] = False,
) -> Page[Lead]:
    """List the leads that a salesperson follows, the newest first."""
    after = paging.after(*leads_of_salesperson.NEWEST_FIRST.types)
    rows = leads_of_salesperson.of_salesperson(db, name, unconverted=unconverted, after=after, limit=paging.fetch)
    return paging.page(rows, item=Lead.model_validate, key=leads_of_salesperson.NEWEST_FIRST.of)

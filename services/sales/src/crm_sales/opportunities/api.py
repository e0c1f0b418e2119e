"""Opportunities and their funnel over HTTP."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from crm_chassis.web import ReadConnection, ReaderLanguage
from crm_events.values import Money
from crm_kernel import NotFound
from crm_sales.amounts import money
from crm_sales.opportunities.read_models import funnel
from crm_sales.opportunities.rules import STAGES

router = APIRouter(tags=["sales"])


class Stage(BaseModel):
    """One stage of the funnel: what is in it, and how many went on from it."""

    stage: str
    name: str = Field(description="In the reader's language.")
    open: int
    expected: tuple[Money, ...] = Field(description="What the open ones should bring, by currency.")
    entered: int = Field(description="How many opportunities were ever in this stage.")
    advanced: int = Field(description="How many of those went on to a later stage or were won.")
    conversion: float | None = Field(description="advanced / entered; empty while nobody entered.")
    likely_to_advance: tuple[Money, ...] = Field(
        description="What should reach the next stage, if the open ones go on as those before them did."
    )


class Funnel(BaseModel):
    """All stages in their order, under the named version of their list."""

    version: str
    stages: list[Stage]
    won: int
    lost: int


class Move(BaseModel):
    """One step of an opportunity: from where, to where, why, when, by whom; the last may be to `won` or `lost`."""

    model_config = ConfigDict(from_attributes=True)

    before: str | None
    after: str
    why: str | None
    moved_at: datetime
    moved_by: str


class Opportunity(BaseModel):
    """Everything about one opportunity, from its opening to its present stage or its end."""

    opportunity_id: UUID
    customer_id: UUID
    lead_id: UUID | None
    salesperson: str | None = Field(description="Who pursues it.")
    campaign_code: str | None = Field(description="The campaign that brought it.")
    title: str
    expected: Money
    stage: str
    state: str = Field(examples=["open", "won", "lost"])
    order_id: UUID | None = Field(description="The order it ended in.")
    reason: str | None = Field(description="Why it was lost.")
    opened_at: datetime
    moves: list[Move]


@router.get("/funnel")
def the_funnel(db: ReadConnection, language: ReaderLanguage) -> Funnel:
    """Count the opportunities in each stage, what they should bring, and how many go on."""
    names = {stage.code: stage.name for stage in STAGES.stages}
    stages = [
        Stage(
            stage=each.stage,
            name=names[each.stage].in_language(language) if each.stage in names else each.stage,
            open=each.open,
            expected=each.expected,
            entered=each.entered,
            advanced=each.advanced,
            conversion=each.conversion,
            likely_to_advance=each.likely_to_advance,
        )
        for each in funnel.by_stage(db, list(names))
    ]
    return Funnel(version=STAGES.version, stages=stages, **funnel.closed(db))


@router.get("/opportunities/{opportunity_id}")
def one_opportunity(opportunity_id: UUID, db: ReadConnection) -> Opportunity:
    """Read one opportunity with every move: when, why, by whom."""
    row = funnel.one(db, opportunity_id)
    if row is None:
        raise NotFound("opportunity_id", opportunity_id)
    shown = {
        **row._mapping,
        "expected": money(row.expected, row.decimals, row.currency),
        "moves": [Move.model_validate(move) for move in funnel.moves_of(db, opportunity_id)],
    }
    return Opportunity.model_validate(shown)

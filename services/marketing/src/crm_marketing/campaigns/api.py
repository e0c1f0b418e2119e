"""Routes that show campaigns and what came of them, and the launch, which needs a mail server."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from crm_chassis.web import Page, Paged, ReadConnection, command_router
from crm_eventlog.aggregate import DomainError, LocalizedText, NotFound
from crm_events.marketing import AudienceRule
from crm_events.values import Money
from crm_marketing.campaigns.handlers import launch_campaign
from crm_marketing.campaigns.read_models import campaigns, sales_of_campaign
from crm_marketing.messages import messages_of_campaign
from crm_marketing.vocabulary import CampaignState


class NoMailServer(DomainError):
    """A campaign is not launched while nobody can be written to."""

    message = LocalizedText("No mail server is set up.", "尚未配置邮件服务器。")
    hint = LocalizedText(
        "Ask the operator to set CRM_MARKETING_SMTP_HOST, then launch the campaign.",
        "请管理员设置 CRM_MARKETING_SMTP_HOST 后再启动。",
    )


def _a_mail_server_is_set_up(request: Request) -> None:
    if not request.app.state.settings.smtp_host:
        raise NoMailServer("smtp_host", "")


LAUNCH = APIRouter(dependencies=[Depends(_a_mail_server_is_set_up)])
LAUNCH.include_router(command_router(launch_campaign))
router = APIRouter(tags=["marketing"])


class CampaignInList(BaseModel):
    """A campaign as the list shows it."""

    model_config = ConfigDict(from_attributes=True)

    campaign_id: UUID
    code: str
    name: str
    starts_on: date
    ends_on: date
    budget: Money
    state: str
    planned_by: str
    decided_by: str | None
    remark: str | None = Field(description="What the approver said: a remark, or the reason of a rejection.")
    planned_at: datetime
    launched_at: datetime | None


class Campaign(CampaignInList):
    """A campaign with its audience and its words."""

    audience: AudienceRule
    subject: LocalizedText
    body: LocalizedText


class Results(BaseModel):
    """The results of a campaign: its messages by outcome, its answers, its sales and their worth."""

    campaign_id: UUID
    code: str
    requested: int
    left_out: dict[str, int] = Field(description="Customers who were not written to, by reason.")
    handed_over: int
    accepted: int
    bounced: int
    unknown: int = Field(description="Nobody knows whether the provider took these; they are not sent again.")
    answered: int
    leads: int = Field(description="Leads that name the campaign's code.")
    orders: int = Field(description="Orders that followed from those leads, or name the code themselves.")
    budget: Money
    revenue: list[Money] = Field(description="What those orders brought less what was paid back, by currency.")
    answer_rate: float | None = Field(description="Answered by accepted; none before anything was accepted.")
    return_on_budget: float | None = Field(
        description="Revenue in the budget's currency by budget; none without a budget."
    )


class Line(BaseModel):
    """One line from the lead that a campaign produced to the order that followed."""

    model_config = ConfigDict(from_attributes=True)

    line_id: UUID
    campaign_code: str
    customer_id: UUID
    began_at: datetime
    lead_id: UUID | None
    interest: str | None
    opportunity_id: UUID | None
    order_id: UUID | None
    ordered_at: datetime | None
    amount: Decimal | None
    refunded: Decimal | None
    currency: str | None


@router.get("/campaigns")
def all_campaigns(
    db: ReadConnection,
    paging: Paged,
    state: Annotated[CampaignState | None, Query(description="Only campaigns in this state.")] = None,
) -> Page[CampaignInList]:
    """List the campaigns, the latest start first."""
    rows = campaigns.newest(db, state, after=paging.after(*campaigns.LATEST_FIRST.types), limit=paging.fetch)
    return paging.page(rows, item=CampaignInList.model_validate, key=campaigns.LATEST_FIRST.of)


@router.get("/campaigns/{campaign_id}")
def one_campaign(campaign_id: UUID, db: ReadConnection) -> Campaign:
    """Show one campaign with its audience and its words."""
    return Campaign.model_validate(_found(campaign_id, db))


@router.get("/campaigns/{campaign_id}/results")
def results_of_campaign(campaign_id: UUID, db: ReadConnection) -> Results:
    """Show whom a campaign reached, who was left out and why, who answered, and what it brought."""
    row = _found(campaign_id, db)
    sent = messages_of_campaign.counts(db, campaign_id)
    revenue = sales_of_campaign.revenue(db, row.code)
    budget = Money.model_validate(row.budget)
    brought = revenue.get(budget.currency, Decimal())
    return Results(
        campaign_id=campaign_id,
        code=row.code,
        **sent,
        left_out=messages_of_campaign.left_out(db, campaign_id),
        **sales_of_campaign.counts(db, row.code),
        budget=budget,
        revenue=[Money(amount=amount, currency=currency) for currency, amount in sorted(revenue.items())],
        answer_rate=round(sent["answered"] / sent["accepted"], 4) if sent["accepted"] else None,
        return_on_budget=round(float(brought / budget.amount), 4) if budget.amount else None,
    )


@router.get("/campaigns/{campaign_id}/sales")
def sales_of_one_campaign(campaign_id: UUID, db: ReadConnection, paging: Paged) -> Page[Line]:
    """List what a campaign brought, lead by lead and order by order, the latest first."""
    code = _found(campaign_id, db).code
    rows = sales_of_campaign.of_campaign(
        db, code, after=paging.after(*sales_of_campaign.LATEST_FIRST.types), limit=paging.fetch
    )
    return paging.page(rows, item=Line.model_validate, key=sales_of_campaign.LATEST_FIRST.of)


def _found(campaign_id: UUID, db: ReadConnection) -> Any:
    row = campaigns.one(db, campaign_id)
    if row is None:
        raise NotFound("campaign_id", campaign_id)
    return row

"""Routes that show messages: those of a campaign, and those to a customer."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from crm_chassis.web import Page, Paged, ReadConnection
from crm_marketing.messages.read_models import messages_of_campaign
from crm_marketing.vocabulary import MessageState

router = APIRouter(tags=["marketing"])


class Message(BaseModel):
    """The message of a campaign to a customer and its outcome, or the reason why there was none."""

    model_config = ConfigDict(from_attributes=True)

    message_id: UUID
    campaign_id: UUID
    campaign_code: str
    customer_id: UUID
    state: str
    outcome: str | None = Field(description="accepted, bounced or unknown; an answer comes on top of it.")
    reason: str | None = Field(description="Why the customer was left out, why it bounced, or why nobody knows.")
    case_id: UUID | None = Field(description="The open complaint for which the customer was left out.")
    provider_reference: str | None
    answer: str | None
    considered_at: datetime
    requested_at: datetime | None
    handed_over_at: datetime | None
    changed_at: datetime


@router.get("/campaigns/{campaign_id}/messages")
def messages_of_one_campaign(
    campaign_id: UUID,
    db: ReadConnection,
    paging: Paged,
    state: Annotated[MessageState | None, Query(description="Only messages in this state.")] = None,
) -> Page[Message]:
    """List the message to each customer of a campaign and its outcome, and who was left out."""
    after = paging.after(*messages_of_campaign.IN_ORDER.types)
    rows = messages_of_campaign.of_campaign(db, campaign_id, state, after=after, limit=paging.fetch)
    return paging.page(rows, item=Message.model_validate, key=messages_of_campaign.IN_ORDER.of)


@router.get("/customers/{customer_id}/messages")
def messages_of_one_customer(customer_id: UUID, db: ReadConnection, paging: Paged) -> Page[Message]:
    """List the messages of campaigns to a customer, or why there was none, the newest first."""
    after = paging.after(*messages_of_campaign.NEWEST_FIRST.types)
    rows = messages_of_campaign.of_customer(db, customer_id, after=after, limit=paging.fetch)
    return paging.page(rows, item=Message.model_validate, key=messages_of_campaign.NEWEST_FIRST.of)

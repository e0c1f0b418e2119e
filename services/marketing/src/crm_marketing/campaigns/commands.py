"""Commands about campaigns, and about whom they write to."""

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from crm_eventlog.command import Command, CommandPart
from crm_kernel import ConsentChannel, Language
from crm_marketing.fields import Line, Prose, Rule
from crm_marketing.vocabulary import ImportanceListing, LeftOutReason

BATCH = 500

BodyText = Annotated[str, StringConstraints(min_length=1, max_length=20_000)]
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2099, 12, 31))]

BY_HAND = "by hand"


class Budget(CommandPart):
    """The expected cost of a campaign, to the cent."""

    amount: Decimal = Field(ge=0, max_digits=14, decimal_places=2, examples=["30000.00"])
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = Field(examples=["CNY"])


class Audience(CommandPart):
    """The customers whom a campaign is for; an empty list restricts nothing."""

    consent_channel: ConsentChannel = ConsentChannel.EMAIL
    languages: tuple[Language, ...] = Field(default=(), max_length=2)
    importance: tuple[ImportanceListing, ...] = Field(default=(), max_length=3)
    cities: tuple[Line, ...] = Field(default=(), max_length=200, examples=[["广州", "深圳"]])


class SubjectLine(CommandPart):
    """The subject of the message in both languages; {name} stands for the customer's name."""

    en: Line = Field(examples=["The new X2 is here, {name}"])
    zh: Line = Field(examples=["{name}，全新 X2 上市"])


class MessageBody(CommandPart):
    """The text of the message in both languages; {name} stands for the customer's name."""

    en: BodyText = Field(examples=["Dear {name}, come and see it."])
    zh: BodyText = Field(examples=["{name}，您好！欢迎到店体验。"])


class PlanCampaign(Command):
    """Plan a campaign under the next code of the series CM-year-number."""

    code: Annotated[str, StringConstraints(min_length=1, max_length=20)] = Field(examples=["CM-2026-048"])
    name: Line
    starts_on: Day
    ends_on: Day
    budget: Budget
    audience: Audience = Audience()
    subject: SubjectLine
    body: MessageBody


class SubmitCampaign(Command):
    """Hand a plan in for approval."""

    campaign_id: UUID


class ApproveCampaign(Command):
    """Let a campaign be launched; its planner may not decide."""

    campaign_id: UUID
    remark: Prose | None = None


class RejectCampaign(Command):
    """Reject a campaign, so that it is never launched; its planner may not decide."""

    campaign_id: UUID
    reason: Prose


class LaunchCampaign(Command):
    """Begin to write to the audience, within the dates of an approved campaign."""

    campaign_id: UUID


class RequestMessages(Command):
    """Request the message of a launched campaign to these customers, in one transaction.

    Customers about whom the campaign has already decided are passed over. It is an error when nobody is left.
    """

    campaign_id: UUID
    customer_ids: tuple[UUID, ...] = Field(min_length=1, max_length=BATCH)
    rule: Rule = BY_HAND


class LeftOutCustomer(CommandPart):
    """A customer who is not written to, and the reason."""

    customer_id: UUID
    reason: LeftOutReason
    case_id: UUID | None = None


class LeaveOutCustomers(Command):
    """Leave these customers out, each for the reason named, in one transaction.

    A message that was already requested is called back unless it was handed over. Customers who were already left out
    or written to are passed over. It is an error when nobody is left.
    """

    campaign_id: UUID
    customers: tuple[LeftOutCustomer, ...] = Field(min_length=1, max_length=BATCH)
    rule: Rule = BY_HAND

"""What marketing can be asked to do."""

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from crm_eventlog.command import Command, CommandPart
from crm_events.contacts import ImportanceListing
from crm_events.marketing import LeftOutReason
from crm_events.values import ConsentChannel, Language

BATCH = 500

Line = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Prose = Annotated[str, StringConstraints(min_length=1, max_length=4000)]
Letter = Annotated[str, StringConstraints(min_length=1, max_length=20_000)]
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2099, 12, 31))]
Rule = Annotated[str, StringConstraints(min_length=1, max_length=100)]

BY_HAND = "by hand"


class Budget(CommandPart):
    """What a campaign is expected to cost, to the cent."""

    amount: Decimal = Field(ge=0, max_digits=14, decimal_places=2, examples=["30000.00"])
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = Field(examples=["CNY"])


class Audience(CommandPart):
    """Whom a campaign is for; an empty list means no restriction."""

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

    en: Letter = Field(examples=["Dear {name}, come and see it."])
    zh: Letter = Field(examples=["{name}，您好！欢迎到店体验。"])


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
    """Let a campaign be launched; whoever planned it may not."""

    campaign_id: UUID
    remark: Prose | None = None


class RejectCampaign(Command):
    """Do not let a campaign be launched; whoever planned it may not decide."""

    campaign_id: UUID
    reason: Prose


class LaunchCampaign(Command):
    """Begin to write to the audience, within the dates of an approved campaign."""

    campaign_id: UUID


class RequestMessages(Command):
    """Request the message of a launched campaign to these customers, in one transaction.

    Customers about whom the campaign decided before are passed over; refused when nobody is left.
    """

    campaign_id: UUID
    customer_ids: tuple[UUID, ...] = Field(min_length=1, max_length=BATCH)
    rule: Rule = BY_HAND


class LeftOutCustomer(CommandPart):
    """A customer who is not written to, and why."""

    customer_id: UUID
    reason: LeftOutReason
    case_id: UUID | None = None


class LeaveOutCustomers(Command):
    """Do not write to these customers, each for the reason named, in one transaction.

    A message that was requested already is called back unless it was handed over; customers who were left out or
    written to before are passed over; refused when nobody is left.
    """

    campaign_id: UUID
    customers: tuple[LeftOutCustomer, ...] = Field(min_length=1, max_length=BATCH)
    rule: Rule = BY_HAND


class HandOverMessage(Command):
    """Give the message to the provider now, once; asked by the sender, not by people."""

    message_id: UUID
    language: Language
    rule: Rule


class RecordAcceptance(Command):
    """The provider took the message; also what a look-up found out about an unknown outcome."""

    message_id: UUID
    provider_reference: Line | None = None


class RecordBounce(Command):
    """The message could not be delivered."""

    message_id: UUID
    reason: Prose


class RecordUnknownOutcome(Command):
    """Nobody knows whether the provider took the message; asked by the sender, not by people."""

    message_id: UUID
    reason: Prose


class RecordAnswer(Command):
    """The customer answered the message."""

    message_id: UUID
    answer: Prose = Field(examples=["请问天河店有现货吗？"])

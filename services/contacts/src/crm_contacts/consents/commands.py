"""Commands about consent."""

from uuid import UUID

from pydantic import Field

from crm_contacts.fields import Line, Prose
from crm_eventlog.command import Command
from crm_kernel import ConsentChannel, Language


class GiveConsent(Command):
    """Record that a customer allows us to use a channel, after being shown this very text."""

    customer_id: UUID
    channel: ConsentChannel
    text_shown: Prose = Field(examples=["I agree to receive news by e-mail."])
    language: Language


class WithdrawConsent(Command):
    """Record that a customer no longer allows us to use a channel."""

    customer_id: UUID
    channel: ConsentChannel
    reason: Line = Field(examples=["Too many messages"])

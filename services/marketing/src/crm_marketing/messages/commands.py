"""Commands about one message."""

from uuid import UUID

from pydantic import Field

from crm_eventlog.command import Command
from crm_kernel import Language
from crm_marketing.fields import Line, Prose, Rule


class HandOverMessage(Command):
    """Give the message to the provider now, once; only the mailing asks for it."""

    message_id: UUID
    language: Language
    rule: Rule


class RecordAcceptance(Command):
    """Record that the provider took the message; a look-up may find it out about an unknown outcome."""

    message_id: UUID
    provider_reference: Line | None = None


class RecordBounce(Command):
    """Record that the message could not be delivered."""

    message_id: UUID
    reason: Prose


class RecordUnknownOutcome(Command):
    """Record that nobody knows if the provider took the message; only the mailing asks for it."""

    message_id: UUID
    reason: Prose


class RecordAnswer(Command):
    """Record that the customer answered the message."""

    message_id: UUID
    answer: Prose = Field(examples=["请问天河店有现货吗？"])

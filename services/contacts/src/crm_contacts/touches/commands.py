"""The command about touches."""

from uuid import UUID

from pydantic import Field

from crm_contacts.fields import Line, Prose
from crm_contacts.vocabulary import Direction
from crm_eventlog.command import Command
from crm_kernel import Channel


class RecordTouch(Command):
    """Record that a customer and the company met; `touch_id` may be chosen by the caller."""

    touch_id: UUID | None = None
    customer_id: UUID
    channel: Channel
    place: Line = Field(description="Which store, page, line or person.", examples=["tianhe"])
    direction: Direction = Field(description="`in`: the customer came to us; `out`: we went to the customer.")
    subject: Line = Field(examples=["Asked for the price of a phone"])
    learned: Prose | None = Field(default=None, description="What we know now and did not before.")

"""A touch: the customer and the company met, at whatever contact point."""

from uuid import UUID

from crm_contacts.vocabulary import Direction
from crm_eventlog.aggregate import Aggregate, event
from crm_kernel import Channel, DomainError, LocalizedText


class TouchAlreadyRecorded(DomainError):
    """A touch is recorded once."""

    message = LocalizedText("A touch with this id is already recorded.", "该编号的接触已记录。")
    hint = LocalizedText(
        "Record the next touch without an id, or with a new one.", "请不带编号，或用新编号记录下一次接触。"
    )


class Touch(Aggregate):
    """One meeting of a customer and the company, and what was learned from it; recorded once, it stays."""

    class Recorded(Aggregate.Created):
        touch_id: UUID
        customer_id: UUID
        channel: Channel
        place: str
        direction: Direction
        subject: str
        learned: str | None

    @staticmethod
    def create_id(touch_id: UUID) -> UUID:
        return touch_id

    @event(Recorded)
    def __init__(
        self,
        touch_id: UUID,
        customer_id: UUID,
        channel: Channel,
        place: str,
        direction: Direction,
        subject: str,
        learned: str | None,
    ) -> None:
        self.customer_id = customer_id

    @property
    def partition_key(self) -> UUID:
        return self.customer_id

"""Card: the number a member shows at the counter."""

from enum import StrEnum
from uuid import UUID, uuid5

from crm_eventlog.aggregate import Aggregate, event
from crm_kernel import DomainError, LocalizedText

CARDS = UUID("3b6e9f0a-7c1d-5e42-9a38-5d0c7b1e2f02")


class CardState(StrEnum):
    """The state of a card at the counter."""

    ACTIVE = "active"


class CardNumberTaken(DomainError):
    """A number belongs to one card and is never given to another."""

    message = LocalizedText("A card with this number has already been issued.", "此卡号已发出。")
    hint = LocalizedText("Use another number.", "请使用其他卡号。")


def card_id(number: str) -> UUID:
    """Return the id of the one card with this number."""
    return uuid5(CARDS, number)


class Card(Aggregate):
    """One card of one member, good from the moment it is issued."""

    class Issued(Aggregate.Created):
        number: str
        customer_id: UUID
        member_id: UUID

    @staticmethod
    def create_id(number: str) -> UUID:
        return card_id(number)

    @event(Issued)
    def __init__(self, number: str, customer_id: UUID, member_id: UUID) -> None:
        self.number, self.customer_id, self.member_id = number, customer_id, member_id
        self.state = CardState.ACTIVE

    @property
    def partition_key(self) -> UUID:
        return self.customer_id

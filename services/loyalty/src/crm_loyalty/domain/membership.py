"""Membership: that a customer belongs to the programme, and at which level."""

from datetime import datetime
from uuid import UUID, uuid5

from crm_eventlog.aggregate import Aggregate, DomainError, LocalizedText, NotFound, event
from crm_loyalty.domain.programme import Level

MEMBERS = UUID("3b6e9f0a-7c1d-5e42-9a38-5d0c7b1e2f01")


class CustomerAlreadyEnrolled(DomainError):
    """A customer has one membership."""

    message = LocalizedText("The customer is a member already.", "该客户已是会员。")
    hint = LocalizedText("Issue a card, or read the membership that stands.", "请直接发卡，或查看现有会员资料。")


class CustomerNotEnrolled(NotFound):
    """Cards and points belong to members only."""

    message = LocalizedText("The customer is not a member.", "该客户不是会员。")
    hint = LocalizedText("Enrol the customer first.", "请先为客户办理入会。")


def member_id(customer_id: UUID) -> UUID:
    """The one membership of this customer."""
    return uuid5(MEMBERS, customer_id.hex)


class Membership(Aggregate):
    """One customer's place in the programme, from enrolment on."""

    class Enrolled(Aggregate.Created):
        customer_id: UUID
        level: Level
        programme_version: int
        enrolled_at: datetime

    @staticmethod
    def create_id(customer_id: UUID) -> UUID:
        return member_id(customer_id)

    @event(Enrolled)
    def __init__(self, customer_id: UUID, level: Level, programme_version: int, enrolled_at: datetime) -> None:
        self.customer_id, self.level = customer_id, level

    @property
    def partition_key(self) -> UUID:
        return self.customer_id

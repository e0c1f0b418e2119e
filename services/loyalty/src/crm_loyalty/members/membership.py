"""Membership: a customer's place in the programme, at a level."""

from datetime import datetime
from uuid import UUID, uuid5

from crm_eventlog.aggregate import Aggregate, event
from crm_loyalty.vocabulary import Level

MEMBERS = UUID("3b6e9f0a-7c1d-5e42-9a38-5d0c7b1e2f01")


def member_id(customer_id: UUID) -> UUID:
    """Return the id of the one membership of this customer."""
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

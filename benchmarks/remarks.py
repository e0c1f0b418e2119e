"""Remarks about customers, which the benchmarks store and send, the same for us and for the library."""

from datetime import UTC, datetime
from uuid import UUID

from crm_eventlog.aggregate import Aggregate, event
from crm_eventlog.application import Application
from crm_eventlog.command_context import CommandContext
from crm_eventlog.store import EventStore
from crm_events.contacts import CustomerTouched, Direction
from crm_events.values import Channel

PARTITIONS = 16
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
TEXT = "Asks why the screen flickers in the dark since the last update"


class Remark(Aggregate):
    """A remark about a customer."""

    class Made(Aggregate.Created):
        remark_id: UUID
        customer_id: UUID
        text: str
        learned: str

    @staticmethod
    def create_id(remark_id: UUID) -> UUID:
        return remark_id

    @event(Made)
    def __init__(self, remark_id: UUID, customer_id: UUID, text: str, learned: str) -> None:
        self.customer_id, self.text, self.learned = customer_id, text, learned

    @property
    def partition_key(self) -> UUID:
        return self.customer_id


class Remarks(Application):
    """Our application, on our store."""

    name = "contacts"

    def __init__(self, store: EventStore) -> None:
        super().__init__(store, aggregates=(Remark,))


CUSTOMERS = 20_000


def remark(number: int, *, customer: int | None = None) -> Remark:
    """Return the n-th remark, about one of so many customers, or about this one."""
    about = UUID(int=(number if customer is None else customer) % CUSTOMERS + 1)
    return Remark(remark_id=UUID(int=number + 1), customer_id=about, text=TEXT, learned="nothing")


def context(command_id: str) -> CommandContext:
    """Return the context of a command at noon."""
    return CommandContext(
        command_id=command_id,
        actor="li.na",
        role="clerk",
        unit="GZ-TIANHE",
        channel="store",
        occurred_at=NOON,
        recorded_at=NOON,
        correlation_id=command_id,
    )


def publish(fact: Remark.Made, customer_id: UUID) -> CustomerTouched:
    """Return the touch by which a remark is published."""
    return CustomerTouched(
        touch_id=fact.remark_id,
        customer_id=customer_id,
        channel=Channel.STORE,
        place="GZ-TIANHE",
        direction=Direction.IN,
        subject=fact.text,
        learned=fact.learned,
    )

"""The base of every aggregate, and the errors by which it rejects a command."""

from datetime import UTC, datetime
from uuid import UUID

import eventsourcing.domain
from eventsourcing.domain import event

from crm_kernel import DomainError, LocalizedText, NotFound

__all__ = ["Aggregate", "DomainError", "LocalizedText", "NotFound", "event"]

UNTIMED = datetime(1970, 1, 1, tzinfo=UTC)


class Aggregate(eventsourcing.domain.Aggregate):
    """The base of every aggregate. Its facts carry no time: that belongs to the context, stored beside the fact."""

    class Event(eventsourcing.domain.Aggregate.Event):
        """One fact in the life of an aggregate."""

        @staticmethod
        def create_timestamp() -> datetime:
            return UNTIMED

    class Created(Event, eventsourcing.domain.Aggregate.Created):
        """The first fact of a stream."""

    @property
    def partition_key(self) -> UUID:
        """Return the customer's id, or the aggregate's own id if no customer is concerned."""
        return self.id

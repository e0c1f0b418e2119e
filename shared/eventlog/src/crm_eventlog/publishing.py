"""The only place where a stored fact becomes the public record of its service."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from eventsourcing.persistence import Mapper, StoredEvent

from crm_eventlog.envelope import Public, to_record
from crm_eventlog.log import Outgoing
from crm_eventlog.store import StoredFact

# The public event of a fact and its partition key, or None where the fact stays private; a slice takes its own facts.
Publish = Callable[[Any, UUID], Public | None]


class Unpublishable(Exception):
    """A stored fact that its service does not know, because it was altered or newer code wrote it."""


@dataclass(frozen=True, slots=True)
class EventPublisher:
    """A publisher that turns one service's facts into public records, always the same bytes for the same fact."""

    source: str
    mapper: Mapper[UUID]
    publish: Publish

    def record_of(self, fact: StoredFact, *, private: Public | None = None) -> Outgoing | None:
        """Return the record of a fact. For a private fact, return the record of `private`, or None."""
        stored = StoredEvent(fact.originator_id, fact.originator_version, fact.topic, fact.state)
        public = self.publish(self.mapper.to_domain_event(stored), fact.partition_key) or private
        return None if public is None else Outgoing(*to_record(self.source, fact, public))

    def verified_record_of(self, fact: StoredFact) -> Outgoing | None:
        """Return the record of a fact, or None if it is private. Raise `Unpublishable` with its position."""
        try:
            return self.record_of(fact)
        except Exception as error:
            reason = f"{type(error).__name__}: {error}".splitlines()[0]
            raise Unpublishable(f"{self.source}, position {fact.part}:{fact.pos}: {reason}") from error

"""A stored fact as the public record of its service: the one place where it becomes one."""

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
    """A stored fact is unknown to its service: it was altered, or written by newer code."""


@dataclass(frozen=True, slots=True)
class EventPublisher:
    """The public records of one service's facts, byte for byte the same however often they are made."""

    source: str
    mapper: Mapper[UUID]
    publish: Publish

    def record_of(self, fact: StoredFact, *, private: Public | None = None) -> Outgoing | None:
        """Return the record of a fact; of a private one that of `private`, or None."""
        stored = StoredEvent(fact.originator_id, fact.originator_version, fact.topic, fact.state)
        public = self.publish(self.mapper.to_domain_event(stored), fact.partition_key) or private
        return None if public is None else Outgoing(*to_record(self.source, fact, public))

    def verified_record_of(self, fact: StoredFact) -> Outgoing | None:
        """Return the record of a fact, or None where it stays private; `Unpublishable` names its position."""
        try:
            return self.record_of(fact)
        except Exception as error:
            reason = f"{type(error).__name__}: {error}".splitlines()[0]
            raise Unpublishable(f"{self.source}, position {fact.part}:{fact.pos}: {reason}") from error

"""A stored fact as the record that its service would publish today, byte for byte."""

from dataclasses import dataclass
from uuid import UUID

from eventsourcing.persistence import Mapper, StoredEvent

from crm_eventlog.envelope import to_record
from crm_eventlog.log import Outgoing
from crm_eventlog.relay import Publish
from crm_eventlog.store import StoredFact


class Unpublishable(Exception):
    """A stored fact is none that its service knows: it was altered, or written by newer code."""


@dataclass(frozen=True, slots=True)
class EventPublisher:
    """How one service says its facts."""

    source: str
    mapper: Mapper[UUID]
    publish: Publish

    def record(self, fact: StoredFact) -> Outgoing | None:
        """What is said of a fact, or None where it stays private; `Untranslatable` names its position."""
        stored = StoredEvent(fact.originator_id, fact.originator_version, fact.topic, fact.state)
        try:
            public = self.publish(self.mapper.to_domain_event(stored), fact.partition_key)
            return None if public is None else Outgoing(*to_record(self.source, fact, public))
        except Exception as error:
            reason = f"{type(error).__name__}: {error}".splitlines()[0]
            raise Unpublishable(f"{self.source}, position {fact.part}:{fact.pos}: {reason}") from error

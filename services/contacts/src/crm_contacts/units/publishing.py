"""Public events of units."""

from uuid import UUID

from crm_contacts.units.unit import Unit
from crm_eventlog.aggregate import Aggregate
from crm_events import PublicEvent
from crm_events.contacts import UnitOpened


def publish(fact: Aggregate.Event, partition_key: UUID) -> PublicEvent | None:
    """Return the public event of a fact, or None where the fact stays private."""
    match fact:
        case Unit.Opened():
            return UnitOpened(
                unit_id=fact.originator_id,
                code=fact.code,
                name=fact.name,
                kind=fact.kind,
                store_kind=fact.store_kind,
                ownership=fact.ownership,
                parent_code=fact.parent_code,
                city=fact.city,
            )
        case _:
            return None

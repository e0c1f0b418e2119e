"""Units of the organisation."""

from uuid import UUID

from crm_events.contacts.vocabulary import Ownership, StoreKind, UnitKind
from crm_events.event import PublicEvent
from crm_events.values import LocalText


class UnitOpened(PublicEvent):
    """A unit of the organisation, such as a region or a store, began its work under its parent."""

    unit_id: UUID
    code: str
    name: LocalText
    kind: UnitKind
    store_kind: StoreKind | None = None
    ownership: Ownership
    parent_code: str | None = None
    city: str

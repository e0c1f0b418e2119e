"""Units of the organisation."""

from typing import Annotated
from uuid import UUID

from crm_events.contacts.vocabulary import Ownership, StoreKind, UnitKind
from crm_events.event import PublicEvent
from crm_events.sentences import it
from crm_events.values import Code, Name
from crm_kernel import LocalizedText


class UnitOpened(PublicEvent):
    """A unit of the organisation, such as a region or a store, began its work under its parent."""

    EXAMPLE = {
        "code": "GZ-TIANHE",
        "name": {"en": "Tianhe store", "zh": "天河店"},
        "kind": "store",
        "store_kind": "street",
        "ownership": "own",
        "parent_code": "SOUTH",
        "city": "广州",
    }
    SENTENCE = it(
        "{name} ({code:plain}; {form}, {ownership}) opened in {city:plain}[ under {parent_code:unit}]",
        "{name}（{code:plain}，{form}，{ownership}）在{city:plain}开业[，隶属{parent_code:unit}]",
    )

    unit_id: UUID
    code: Annotated[str, Code()]
    name: LocalizedText
    kind: UnitKind
    store_kind: StoreKind | None = None
    ownership: Ownership
    parent_code: Annotated[str | None, Code()] = None
    city: Annotated[str, Name()]

    @property
    def form(self) -> LocalizedText:
        """Return the form of a store, or the kind of any other unit."""
        return (self.store_kind or self.kind).label

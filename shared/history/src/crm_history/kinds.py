"""What sort of thing an event is in a customer's history, and where it took place."""

from collections.abc import Callable, Mapping
from operator import attrgetter
from types import MappingProxyType
from typing import Any

from crm_events import EVENTS, Channel, CustomerEvent, PublicEvent, contacts, loyalty, marketing, sales, support

_KINDS: Mapping[type[CustomerEvent], str] = {
    contacts.CustomerRegistered: "customer",
    contacts.DetailsCorrected: "customer",
    contacts.ImportanceListed: "customer",
    contacts.CustomerTouched: "touch",
    contacts.ConsentGiven: "consent",
    contacts.ConsentWithdrawn: "consent",
    sales.LeadCaptured: "lead",
    sales.LeadAssigned: "lead",
    sales.LeadConverted: "lead",
    sales.OpportunityOpened: "opportunity",
    sales.OpportunityMoved: "opportunity",
    sales.OpportunityWon: "opportunity",
    sales.OpportunityLost: "opportunity",
    sales.OrderPlaced: "order",
    sales.PaymentTaken: "payment",
    sales.OrderReturned: "return",
    marketing.MessageRequested: "message",
    marketing.MessageHandedOver: "message",
    marketing.MessageAccepted: "message",
    marketing.MessageBounced: "message",
    marketing.MessageOutcomeUnknown: "message",
    marketing.MessageAnswered: "message",
    marketing.CustomerLeftOut: "message",
    support.QuestionAsked: "question",
    support.ComplaintFiled: "complaint",
    support.ServiceRated: "rating",
    support.VisitFellDue: "visit",
    support.VisitDone: "visit",
    support.VisitSkipped: "visit",
    loyalty.MemberEnrolled: "member",
    loyalty.CardIssued: "card",
    loyalty.PointsEarned: "points",
    loyalty.PointsTakenBack: "points",
    loyalty.PointsRedeemed: "points",
    loyalty.PointsExpired: "points",
}


def _kind_of(event: type[PublicEvent]) -> str | Callable[[Any], str]:
    """The kind of all events of a class, or where an event itself says it (the kind of its case)."""
    if event in _KINDS:
        return _KINDS[event]  # type: ignore[index]
    if "kind" in event.model_fields:
        return attrgetter("kind.value")
    return event.PUBLISHER


def _says(event: type[PublicEvent], name: str, kind: type[str]) -> bool:
    field = event.model_fields.get(name)
    return field is not None and field.annotation is kind


_ABOUT_CUSTOMERS = {event for event in EVENTS.values() if issubclass(event, CustomerEvent)}
KIND_OF: Mapping[type[Any], str | Callable[[Any], str]] = MappingProxyType(
    {event: _kind_of(event) for event in _ABOUT_CUSTOMERS}
)
"""Each class of event about a customer: its kind, or how one of its events tells its kind."""

SAYS_CHANNEL = frozenset(event for event in _ABOUT_CUSTOMERS if _says(event, "channel", Channel))
SAYS_UNIT = frozenset(event for event in _ABOUT_CUSTOMERS if _says(event, "unit", str))
"""The events that themselves say where customer and company met: it may differ from where that was written down."""

KINDS: tuple[str, ...] = tuple(sorted({*_KINDS.values(), *(kind.value for kind in support.CaseKind)}))
"""Every kind there is."""

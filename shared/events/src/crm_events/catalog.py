"""Every public event by its type, who says it and on which topic."""

from collections.abc import Mapping
from types import MappingProxyType

from crm_events import contacts, loyalty, marketing, sales, support
from crm_events.event import PublicEvent, topic_of_publisher
from crm_events.versions import Versions

SAID_BY: Mapping[str, tuple[type[PublicEvent], ...]] = MappingProxyType(
    {
        "contacts": (
            contacts.CustomerRegistered,
            contacts.DetailsCorrected,
            contacts.CustomerTouched,
            contacts.ConsentGiven,
            contacts.ConsentWithdrawn,
            contacts.ImportanceListed,
            contacts.UnitOpened,
        ),
        "sales": (
            sales.LeadCaptured,
            sales.LeadAssigned,
            sales.LeadConverted,
            sales.OpportunityOpened,
            sales.OpportunityMoved,
            sales.OpportunityWon,
            sales.OpportunityLost,
            sales.OrderPlaced,
            sales.PaymentTaken,
            sales.OrderReturned,
        ),
        "marketing": (
            marketing.CampaignPlanned,
            marketing.CampaignSubmitted,
            marketing.CampaignApproved,
            marketing.CampaignRejected,
            marketing.CampaignLaunched,
            marketing.MessageRequested,
            marketing.MessageHandedOver,
            marketing.MessageAccepted,
            marketing.MessageBounced,
            marketing.MessageOutcomeUnknown,
            marketing.MessageAnswered,
            marketing.CustomerLeftOut,
        ),
        "support": (
            support.QuestionAsked,
            support.ComplaintFiled,
            support.FeedbackGiven,
            support.CaseAssigned,
            support.CaseAnswered,
            support.CaseResolved,
            support.CaseDeclaredUnresolvable,
            support.CaseReopened,
            support.CaseEscalated,
            support.ServiceRated,
            support.VisitFellDue,
            support.VisitDone,
            support.VisitSkipped,
        ),
        "loyalty": (
            loyalty.MemberEnrolled,
            loyalty.CardIssued,
            loyalty.PointsEarned,
            loyalty.PointsTakenBack,
            loyalty.PointsRedeemed,
            loyalty.PointsExpired,
        ),
    }
)
PUBLISHERS: tuple[str, ...] = tuple(SAID_BY)
TOPICS: tuple[str, ...] = tuple(topic_of_publisher(publisher) for publisher in PUBLISHERS)
EVENTS: Mapping[str, type[PublicEvent]] = MappingProxyType(
    {event.TYPE: event for events in SAID_BY.values() for event in events}
)


VERSIONS = Versions(EVENTS.values())


def parse(type: str, payload: bytes | str) -> PublicEvent | None:
    """The event of this type in this JSON, read as its newest version; None where nobody here knows such an event.

    Fields unknown to us pass by. Raised are pydantic's ValidationError for a missing or wrong field, and NewerVersion
    for a version that this reader is too old for; both are ValueErrors.
    """
    return VERSIONS.parse(type, payload)


def publisher_of(type: str) -> str:
    """The service that says this event; KeyError for a type nobody says."""
    return EVENTS[type].PUBLISHER


def topic_of(type: str) -> str:
    """The topic this event travels on; KeyError for a type nobody says."""
    return topic_of_publisher(publisher_of(type))

"""One long story of all five services, as it lies in their topics, and every way in which it may arrive."""

from collections import Counter
from collections.abc import Mapping, Sequence

from hypothesis import strategies as st

from crm_eventlog.log import LogRecord
from shared.history.tests.telling import Story, golden, logs_of, the_story_of_ms_chen

Logs = Mapping[tuple[str, int], Sequence[LogRecord]]
# What happened to Ms Chen besides, in the order in which each service says it, once she is known.
BEFORE = "contacts.CustomerRegistered"
MORE = (
    *("contacts.DetailsCorrected", "contacts.ConsentGiven", "contacts.ImportanceListed"),
    *("marketing.CampaignPlanned", "marketing.CampaignSubmitted", "marketing.CampaignApproved"),
    *("marketing.CampaignLaunched", "marketing.MessageRequested", "marketing.MessageHandedOver"),
    *("marketing.MessageAccepted", "marketing.MessageAnswered", "contacts.ConsentWithdrawn"),
    *("sales.LeadAssigned", "sales.LeadConverted", "sales.OpportunityOpened", "sales.OpportunityMoved"),
    *("sales.OpportunityWon", "sales.OrderPlaced", "sales.PaymentTaken", "sales.OrderReturned"),
    *("loyalty.MemberEnrolled", "loyalty.CardIssued", "loyalty.PointsTakenBack", "loyalty.PointsRedeemed"),
    *("loyalty.PointsExpired", "support.VisitFellDue", "support.VisitDone", "support.ServiceRated"),
    *("support.CaseAssigned", "support.CaseAnswered", "support.CaseReopened", "support.CaseResolved"),
)


def the_logs() -> Logs:
    """Return the whole story, every event once."""
    known = Story().then(golden(f"crm.{BEFORE}.v1"))
    told = [known, *the_story_of_ms_chen()]
    announce = Story(told, dict(Counter(one.event.subject for one in told)))
    for kind in MORE:
        announce.then(golden(f"crm.{kind}.v1"))
    return {place: numbered(events) for place, events in logs_of(announce.events).items()}


def numbered(events: Sequence[object]) -> list[LogRecord]:
    """Return the events one after another, from offset 0 on."""
    return [event.at(offset) for offset, event in enumerate(events)]  # type: ignore[attr-defined]


@st.composite
def sent_again(draw: st.DrawFn, logs: Logs) -> Logs:
    """Return the same logs; where a relay crashed, it sent some of its last events again under new offsets."""
    again = {}
    for place, records in logs.items():
        crashed_at = draw(st.integers(0, len(records)))
        resent = draw(st.integers(0, crashed_at))
        sent = [*records[:crashed_at], *records[crashed_at - resent :]]
        again[place] = [record._replace(offset=offset) for offset, record in enumerate(sent)]
    return again


@st.composite
def a_batch(draw: st.DrawFn, logs: Logs, needed: Mapping[tuple[str, int], int]) -> list[LogRecord]:
    """Return the next records of some partitions, cut anywhere, with some that were delivered before."""
    batch: list[LogRecord] = []
    for place in draw(st.lists(st.sampled_from(sorted(needed)), min_size=1, unique=True)):
        first = draw(st.integers(0, needed[place]))
        batch += logs[place][first : draw(st.integers(needed[place] + 1, len(logs[place])))]
    return batch

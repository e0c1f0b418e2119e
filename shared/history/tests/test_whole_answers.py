"""Whole answers of the history over HTTP: every event that is about a customer."""

import json
import re
from base64 import urlsafe_b64encode
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from crm_events import EVENTS, Channel, CustomerEvent
from crm_history.cursor import HistoryCursorUnreadable, place_of
from shared.history.tests.telling import CHEN, NOON, Told, golden, hours, process_batch, told, touched

KIND_OF = {
    "customer": "CustomerRegistered DetailsCorrected ImportanceListed",
    "touch": "CustomerTouched",
    "consent": "ConsentGiven ConsentWithdrawn",
    "lead": "LeadCaptured LeadAssigned LeadConverted",
    "opportunity": "OpportunityOpened OpportunityMoved OpportunityWon OpportunityLost",
    "order": "OrderPlaced",
    "payment": "PaymentTaken",
    "return": "OrderReturned",
    "message": "MessageRequested MessageHandedOver MessageAccepted MessageBounced MessageOutcomeUnknown"
    " MessageAnswered CustomerLeftOut",
    "question": "QuestionAsked CaseAnswered CaseDeclaredUnresolvable",
    "complaint": "ComplaintFiled CaseAssigned CaseEscalated CaseResolved CaseReopened",
    "suggestion": "FeedbackGiven",
    "rating": "ServiceRated",
    "visit": "VisitFellDue VisitDone VisitSkipped",
    "member": "MemberEnrolled",
    "card": "CardIssued",
    "points": "PointsEarned PointsTakenBack PointsRedeemed PointsExpired",
}
NAMED = {name: kind for kind, names in KIND_OF.items() for name in names.split()}
SPOKEN: list[type[CustomerEvent]] = [event for event in EVENTS.values() if issubclass(event, CustomerEvent)]


def kind_of(event: type[CustomerEvent]) -> str:
    """Return the kind that is expected of an event: the one written above, or else that of its example's case."""
    return NAMED.get(event.__name__) or str(golden(event.TYPE).kind)  # type: ignore[attr-defined]


def everything() -> list[Told]:
    """Tell every event there is about Ms Chen, an hour apart, each learned a day late and caused by the one before."""
    all_told: list[Told] = []
    for number, type in enumerate(SPOKEN):
        event = golden(type.TYPE).model_copy(update={"customer_id": CHEN})
        command_context = {"by": f"actor {number}", "role": "agent", "unit": f"unit-{number}", "channel": "api"}
        before = all_told[-1].event.id if all_told else None
        at, stream = NOON + hours(number), UUID(int=1000 + number)
        known = at + timedelta(days=1)
        all_told.append(
            told(event, at, known=known, stream=stream, version=number + 1, cause=before, correlation_id=f"of {number}",
                 **command_context)
        )  # fmt: skip
    return all_told


def pages(service: TestClient, limit: int, **query: Any) -> list[dict[str, Any]]:
    """Read every page."""
    seen: list[dict[str, Any]] = []
    while True:
        page = service.get(f"/customers/{CHEN}/history", params={"limit": limit, **query}).json()
        seen += page["items"]
        if page["next"] is None:
            return seen
        assert len(page["items"]) == limit
        query["cursor"] = page["next"]


def entry(one: Told) -> dict[str, Any]:
    """Write an entry as it must be shown, but for its sentence, its cause and its kind."""
    event = one.event
    says = event.data.model_dump(mode="json")
    named = event.data if isinstance(event.data, CustomerEvent) else None
    channel = says["channel"] if isinstance(getattr(named, "channel", None), Channel) else event.channel
    return {
        "event_id": str(event.id),
        "occurred_at": event.time.isoformat().replace("+00:00", "Z"),
        "recorded_at": event.recorded_at.isoformat().replace("+00:00", "Z"),
        "source": event.type.split(".")[1],
        "type": event.type,
        "channel": channel,
        "unit": says.get("unit") or event.unit,
        "actor": event.actor,
        "role": "agent",
        "stream": str(event.subject),
        "version": event.sequence,
        "correlation_id": event.correlation_id,
        "data": json.loads(event.raw),
    }


def test_everything_that_can_be_said_of_a_customer_is_shown_whole_and_newest_first(
    app: FastAPI, service: TestClient
) -> None:
    story = everything()
    process_batch(app.state.db, *story[::-1], *story[:3])

    shown = pages(service, 7)

    sentences = [each.pop("sentence") for each in shown]
    short = [each.pop("what") for each in shown]
    assert [(each.pop("kind"), each.pop("cause")) for each in shown] == [
        (kind_of(type), str(story[number - 1].event.id) if number else None)
        for number, type in reversed(list(enumerate(SPOKEN)))
    ]
    assert shown == [entry(one) for one in reversed(story)]
    assert [re.findall(r"actor \d+", sentence) for sentence in sentences] == [[one.event.actor] for one in story[::-1]]
    assert [what for what in short if re.search(r"actor \d+", what)] == []


@pytest.mark.parametrize("kind", KIND_OF)
def test_one_kind_is_shown_by_itself(app: FastAPI, service: TestClient, kind: str) -> None:
    process_batch(app.state.db, *everything())

    shown = pages(service, 2, kind=kind)

    assert [each["type"].split(".")[2] for each in shown] == [
        type.__name__ for type in reversed(SPOKEN) if kind_of(type) == kind
    ]


def test_a_page_has_fifty_entries_unless_told_otherwise_and_two_hundred_at_most(
    app: FastAPI, service: TestClient
) -> None:
    process_batch(app.state.db, *(told(touched(Channel.STORE, touch=n), NOON + hours(n)) for n in range(201)))

    sizes = [len(service.get(f"/customers/{CHEN}/history{query}").json()["items"]) for query in ("", "?limit=200")]

    assert sizes == [50, 200]


@pytest.mark.parametrize(
    "place",
    ["x", '["2026-01-01T00:00:00Z","sales"]', '["2026-01-01T00:00:00Z","a\\u0000","{id}",1]',
     '["2026-01-01T00:00:00Z","sales","{id}",9223372036854775808]', '["1899-12-31T23:59:59Z","sales","{id}",1]',
     '["9999-01-01T00:00:00Z","sales","{id}",1]', '["2026-01-01T00:00:00","sales","{id}",1]'],
)  # fmt: skip
def test_a_cursor_of_somebody_elses_is_refused_with_the_way_out(place: str) -> None:
    cursor = urlsafe_b64encode(place.replace("{id}", str(UUID(int=1))).encode()).decode().rstrip("=")

    with pytest.raises(HistoryCursorUnreadable) as refused:
        place_of(cursor)

    assert (refused.value.field, refused.value.value) == ("cursor", cursor)

"""Facts that the mailing records: who caused them, when, and by which rule."""

from datetime import timedelta
from uuid import UUID

from crm_chassis.testing import NOON
from crm_events import marketing as events
from services.marketing.tests.running_service import PLAN, Marketing, a_customer


def test_a_message_says_who_caused_it_and_when_it_happened_and_was_recorded(marketing: Marketing) -> None:
    marketing.hear(*a_customer(7), *a_customer(8, consent=False))
    campaign_id = str(marketing.ask("plan-campaign", **PLAN)["id"])
    for step in ("submit", "approve"):
        marketing.ask(f"{step}-campaign", campaign_id=campaign_id)
    earlier = NOON - timedelta(hours=2)
    heads = {"Crm-Occurred-At": earlier.isoformat(), "Crm-Correlation-Id": "a-campaign"}
    assert marketing.web.command("launch-campaign", {"campaign_id": campaign_id}, **heads).status_code == 201
    marketing.now = NOON + timedelta(hours=1)
    marketing.turn()

    (launch,), (request,) = marketing.published(events.CampaignLaunched), marketing.published(events.MessageRequested)
    expected = {
        events.MessageRequested: (launch, earlier), events.CustomerLeftOut: (launch, earlier),
        events.MessageHandedOver: (request, marketing.now), events.MessageAccepted: (request, marketing.now),
    }  # fmt: skip
    for kind, (cause, happened) in expected.items():
        (event,) = marketing.published(kind)
        assert (event.actor, event.role, event.unit, event.channel) == (
            "effect:mailing", "system", launch.unit, launch.channel,
        )  # fmt: skip
        assert (event.time, event.recorded_at, event.causation_id) == (happened, marketing.now, str(cause.id))
        assert (event.correlation_id, event.traceparent) == (launch.correlation_id, launch.traceparent)


def test_what_was_decided_names_the_rule_that_decided_it(marketing: Marketing) -> None:
    marketing.hear(*a_customer(7), *a_customer(8, consent=False))
    campaign_id = marketing.launched()
    marketing.turn()
    marketing.ask("request-messages", campaign_id=campaign_id, customer_ids=[str(UUID(int=9))])

    store = marketing.web.store
    facts = [fact for part in range(store.partitions) for fact in store.read(part, 0, 100)]
    of_messages = [fact for fact in facts if fact.topic == "Message.Considered"]
    assert sorted(b"sending 2026-1" in fact.state for fact in of_messages) == [False, True, True]
    assert sorted(b"by hand" in fact.state for fact in of_messages) == [False, False, True]

"""Events that marketing reads, and those that it publishes."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from crm_chassis.testing import NOON, received, topics_heard
from crm_eventlog.aggregate import Aggregate
from crm_eventlog.envelope import CloudEvent
from crm_events import contacts, marketing, sales, support
from crm_events.values import Channel, ConsentChannel, Language, Money
from crm_kernel import LocalizedText
from crm_marketing.campaigns.read_models import audience, campaigns, open_cases_of_customers, sales_of_campaign
from crm_marketing.messages.read_models import messages_of_campaign
from crm_marketing.service import SERVICE

MS_CHEN, MR_WU = UUID(int=7), UUID(int=8)
CAMPAIGN, CODE = UUID(int=21), "CM-2026-048"
COMPLAINT, QUESTION, PRAISE = UUID(int=31), UUID(int=32), UUID(int=33)
LEAD, OPPORTUNITY, ORDER = UUID(int=41), UUID(int=42), UUID(int=43)
MODELS = (
    audience.READ_MODEL,
    campaigns.READ_MODEL,
    messages_of_campaign.READ_MODEL,
    open_cases_of_customers.READ_MODEL,
    sales_of_campaign.READ_MODEL,
)
GUANGZHOU = contacts.Address(country="CN", region="广东", city="Guangzhou", street="天河路 208 号", postcode="510620")


def at(hours: int, event: Any, **changes: Any) -> CloudEvent:
    """Return this event, so many hours after noon; what happened later was learned sooner."""
    times = {"time": NOON + timedelta(hours=hours), "recorded_at": NOON + timedelta(days=90, hours=-hours)}
    return received(event, **{**times, "sequence": hours + 1, **changes})


def in_campaign(number: int) -> dict[str, Any]:
    """Return the fields of every event about a customer's message."""
    return {"customer_id": UUID(int=number), "campaign_id": CAMPAIGN, "campaign_code": CODE}


def about(number: int) -> dict[str, Any]:
    return {**in_campaign(number), "message_id": UUID(int=100 + number)}


def registered(number: int, **changes: Any) -> contacts.CustomerRegistered:
    known: dict[str, Any] = {
        "customer_id": UUID(int=number),
        "kind": contacts.CustomerKind.PERSON,
        "name": f"陈{number}",
        "form_of_address": "女士",
        "emails": (f"c{number}@example.com", "second@example.com"),
        "addresses": (GUANGZHOU,),
        "language": Language.ZH,
    }
    return contacts.CustomerRegistered(**{**known, **changes})


def consent(number: int) -> contacts.ConsentGiven:
    return contacts.ConsentGiven(
        customer_id=UUID(int=number), channel=ConsentChannel.EMAIL, text_shown="我同意", language=Language.ZH
    )


def withdrawn(number: int, channel: ConsentChannel = ConsentChannel.EMAIL) -> contacts.ConsentWithdrawn:
    return contacts.ConsentWithdrawn(customer_id=UUID(int=number), channel=channel, reason="too many")


def complaint(case_id: UUID = COMPLAINT) -> support.ComplaintFiled:
    return support.ComplaintFiled(
        customer_id=MS_CHEN,
        case_id=case_id,
        channel=Channel.CALL_CENTRE,
        subject="Screen",
        text="It flickers.",
        severity=support.Severity.HIGH,
    )


def lead(**changes: Any) -> sales.LeadCaptured:
    known = {"customer_id": MS_CHEN, "lead_id": LEAD, "source": "web", "campaign_code": CODE, "interest": "X2"}
    return sales.LeadCaptured(**{**known, **changes})


def order(order_id: UUID = ORDER, amount: str = "5098.00", **changes: Any) -> sales.OrderPlaced:
    total = Money(amount=Decimal(amount), currency="CNY")
    known = {"customer_id": MS_CHEN, "order_id": order_id, "lines": (), "total": total, "unit": "GZ-TIANHE"}
    return sales.OrderPlaced(**{**known, "channel": Channel.STORE, **changes})


def returned(refund: str) -> sales.OrderReturned:
    total = Money(amount=Decimal("5098.00"), currency="CNY")
    return sales.OrderReturned(
        customer_id=MS_CHEN, return_id=UUID(int=44), order_id=ORDER, lines=(), whole=False, order_total=total,
        refund=Money(amount=Decimal(refund), currency="CNY"), reason="wrong colour",
    )  # fmt: skip


CONVERTED = sales.LeadConverted(customer_id=MS_CHEN, lead_id=LEAD, opportunity_id=OPPORTUNITY)
OF_COMPLAINT = {"customer_id": MS_CHEN, "case_id": COMPLAINT, "kind": support.CaseKind.COMPLAINT}
RESOLVED = support.CaseResolved(**OF_COMPLAINT, resolution="Repaired", opened_at=NOON, waited=timedelta(days=3))
REOPENED = support.CaseReopened(**OF_COMPLAINT, reason="It flickers again")
PLANNED = marketing.CampaignPlanned(
    campaign_id=CAMPAIGN,
    code=CODE,
    name="X2 spring",
    starts_on=date(2026, 3, 1),
    ends_on=date(2026, 3, 7),
    budget=Money(amount=Decimal("30000.00"), currency="CNY"),
    audience=marketing.AudienceRule(consent_channel=ConsentChannel.EMAIL, languages=(Language.ZH,)),
    subject=LocalizedText(en="The new X2", zh="全新 X2"),
    body=LocalizedText(en="Come", zh="欢迎"),
)


def tell(db: Connection, *events: CloudEvent) -> None:
    """Let every read model project the events of its topics, in one batch."""
    for model in MODELS:
        model.project(topics_heard(model, events), db)


def published(live: Aggregate) -> dict[str, str]:
    """Return the public events of all that it decided: the fact's name -> the event's type and JSON."""
    facts = [(fact, SERVICE.publish(fact, live.partition_key)) for fact in live.pending_events]
    return {type(fact).__name__: f"{event.TYPE} {event.model_dump_json()}" for fact, event in facts if event}

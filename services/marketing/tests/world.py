"""Five campaigns that differ in everything, what became of their messages, and what they brought."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from crm_chassis.testing import NOON
from crm_events import marketing as events
from crm_events.contacts import ImportanceListed, ImportanceListing
from crm_events.sales import LeadConverted
from crm_events.values import Language, Money
from crm_marketing.campaigns.campaign import campaign_id
from crm_marketing.messages.message import message_id
from services.marketing.tests.events import at, complaint, lead, order, returned
from services.marketing.tests.running_service import PLAN, Marketing, a_customer

SPRING, TEA = campaign_id("CM-2026-048"), campaign_id("CM-2026-049")
PLANS: tuple[dict[str, Any], ...] = (
    {**PLAN, "audience": {"languages": ["zh"], "importance": [], "cities": ["广州"]}},
    {
        **PLAN,
        "code": "CM-2026-049",
        "name": "Tea",
        "starts_on": "2026-02-27",
        "ends_on": "2026-03-05",
        "budget": {"amount": "2000.00", "currency": "USD"},
        "audience": {"languages": ["en"], "importance": ["red", "general"], "cities": []},
        "subject": {"en": "Tea with us", "zh": "贵宾茶会"},
        "body": {"en": "Come for tea, {name}", "zh": "{name}，请来品茶"},
    },
    {**PLAN, "code": "CM-2026-050", "starts_on": "2026-03-10", "ends_on": "2026-03-12"},
    {**PLAN, "code": "CM-2026-051", "budget": {"amount": "0.00", "currency": "EUR"}},
    {**PLAN, "code": "CM-2026-052", "starts_on": "2026-02-20"},
)


def build(marketing: Marketing) -> Marketing:
    """Let everything happen, in three days, each step reported an hour after it was taken."""
    plan_five(marketing)
    write(marketing)
    come_of_it(marketing)
    marketing.turn()
    hear_again(marketing)
    return marketing


def step(marketing: Marketing, command: str, hours: int, actor: str, /, **body: Any) -> None:
    """Take a step so many hours after noon."""
    when: datetime = NOON + timedelta(hours=hours)
    marketing.now = when + timedelta(hours=1)
    heads = {"Crm-Actor": actor, "Crm-Occurred-At": when.isoformat()}
    answer = marketing.web.command(command, body, **heads)
    assert answer.status_code == 201, answer.text


def plan_five(marketing: Marketing) -> None:
    """Plan five campaigns, of which two are approved, one rejected, one waits and one was only planned."""
    for hours, plan in enumerate(PLANS):
        step(marketing, "plan-campaign", hours, "wang.lei" if plan["name"] == "Tea" else "lin.mei", **plan)
    ids = [str(campaign_id(plan["code"])) for plan in PLANS]
    for hours, one in enumerate(ids[:4], 5):
        step(marketing, "submit-campaign", hours, "lin.mei", campaign_id=one)
    step(marketing, "approve-campaign", 9, "zhao.min", campaign_id=ids[0], remark="within budget")
    step(marketing, "approve-campaign", 10, "lin.mei", campaign_id=ids[1])
    step(marketing, "reject-campaign", 11, "zhao.min", campaign_id=ids[2], reason="no budget left")


def write(marketing: Marketing) -> None:
    """Write to two audiences, with somebody for every outcome and for every reason against."""
    ann = {"name": "Ann", "language": Language.EN, "addresses": ()}
    marketing.hear(*a_customer(2), *a_customer(8, **ann), *a_customer(9, **ann, consent=False))
    marketing.smtp.breaks = ["after the email"]
    step(marketing, "launch-campaign", 12, "lin.mei", campaign_id=str(SPRING))
    marketing.turn()
    marketing.hear(*a_customer(1), *a_customer(3), *a_customer(4, consent=False), *a_customer(5), *a_customer(6))
    marketing.hear(*a_customer(7, emails=()), *a_customer(10, consent=False), *a_customer(11))
    black = {"listing": ImportanceListing.BLACK, "before": ImportanceListing.GENERAL, "reason": "fraud"}
    marketing.hear(ImportanceListed(customer_id=UUID(int=6), **black))
    marketing.web.project(at(1, complaint().model_copy(update={"customer_id": UUID(int=5)})))
    marketing.smtp.refusals = {"c3@example.com": ["550 5.1.1 mailbox unknown"]}
    marketing.react_again()
    step(marketing, "launch-campaign", 13, "zhao.min", campaign_id=str(TEA))
    marketing.turn()
    excluded = [{"customer_id": str(UUID(int=1)), "reason": "black_listed"}]
    step(marketing, "leave-out-customers", 14, "zhao.min", campaign_id=str(TEA), customers=excluded)


def come_of_it(marketing: Marketing) -> None:
    """Let one customer answer twice, and both campaigns bring orders in two currencies."""
    first = str(message_id(SPRING, UUID(int=1)))
    step(marketing, "record-answer", 15, "lin.mei", message_id=first, answer="Is it in stock?")
    step(marketing, "record-answer", 16, "wang.lei", message_id=first, answer="有现货吗？")
    marketing.turn()
    marketing.web.project(*sales_told())


def sales_told() -> list[Any]:
    """Let sales say: an order of a lead, a lead without, orders that name a campaign, and goods that came back."""
    dollars = {"total": Money(amount=Decimal("700.00"), currency="USD")}
    mine = {"customer_id": UUID(int=1)}
    return [
        at(20, lead(**mine)),
        at(21, lead(lead_id=UUID(int=61), customer_id=UUID(int=3), interest="X3")),
        at(22, LeadConverted(**mine, lead_id=UUID(int=41), opportunity_id=UUID(int=42))),
        at(23, order(**mine, opportunity_id=UUID(int=42))),
        at(24, order(UUID(int=63), campaign_code="CM-2026-048", customer_id=UUID(int=2), **dollars)),
        at(25, order(UUID(int=64), "500.00", campaign_code="CM-2026-049")),
        at(26, order(UUID(int=65), campaign_code="CM-2026-049").model_copy(update=dollars)),
        at(27, order(UUID(int=66), "9.00", campaign_code="CM-2026-052")),
        at(28, returned("90.00")),
        at(29, returned("8.00")),
        at(30, returned("1.00").model_copy(update={"order_id": UUID(int=99)})),
    ]


def hear_again(marketing: Marketing) -> None:
    """Publish the plans, the requests, the leads and the orders once more, late."""
    late = [event for kind in (events.CampaignPlanned, events.MessageRequested) for event in marketing.published(kind)]
    marketing.web.project(*late, *sales_told()[:8])

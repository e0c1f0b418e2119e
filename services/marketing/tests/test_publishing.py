"""What others hear of marketing's facts: each as it goes on the wire."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from crm_chassis.testing import NOON
from crm_eventlog.aggregate import Aggregate
from crm_marketing.domain.audience import AudienceRule, ConsentChannel, Importance, Language
from crm_marketing.domain.campaign import Campaign
from crm_marketing.domain.judgement import Exclusion, LeftOutReason
from crm_marketing.domain.message import Message
from crm_marketing.domain.money import Money
from crm_marketing.domain.template import Template
from crm_marketing.publishing import publish
from crm_marketing.service import SERVICE

CAMPAIGN = '"campaign_id":"1239ab91-751e-5bac-aeb9-f5bc31fa9065"'
CODED = f'{{{CAMPAIGN},"code":"CM-2026-048"'
CUSTOMER = '"customer_id":"00000000-0000-0000-0000-000000000007"'

OF_CAMPAIGN = f'{CAMPAIGN},"campaign_code":"CM-2026-048"'
COMPLAINT = UUID(int=2)


def said(live: Aggregate) -> dict[str, str]:
    """What is said of everything it has decided: the fact's name -> the event's type and JSON."""
    facts = [(fact, publish(fact, live.partition_key)) for fact in live.pending_events]
    return {type(fact).__name__: f"{event.TYPE} {event.model_dump_json()}" for fact, event in facts if event}


def test_a_campaign_is_told_from_its_plan_to_its_launch(a_launched_campaign: Campaign) -> None:
    assert said(a_launched_campaign) == {
        "Planned": f'crm.marketing.CampaignPlanned.v1 {CODED},"name":"X2 spring","starts_on":"2026-03-01",'
        '"ends_on":"2026-03-07","budget":{"amount":"30000.00","currency":"CNY"},'
        '"audience":{"consent_channel":"email","languages":[],"importance":[],"cities":[]},'
        '"subject":{"en":"{name}, the new X2 is here","zh":"{name}，全新 X2 上市"},'
        '"body":{"en":"Dear {name}, come and see it.","zh":"{name}，您好！欢迎到店体验。"}}',
        "Submitted": f"crm.marketing.CampaignSubmitted.v1 {CODED}}}",
        "Approved": f'crm.marketing.CampaignApproved.v1 {CODED},"remark":"within budget"}}',
        "Launched": f"crm.marketing.CampaignLaunched.v1 {CODED}}}",
    }


def test_an_audience_is_told_with_everything_that_restricts_it(a_template: Template) -> None:
    for_whom = AudienceRule(
        consent_channel=ConsentChannel.EMAIL,
        languages=(Language.EN, Language.ZH),
        importance=(Importance.RED, Importance.BLACK),
        cities=("广州", "深圳"),
    )
    plan = Campaign.plan(
        code="CM-2026-049", name="Tea", starts_on=date(2026, 3, 2), ends_on=date(2026, 3, 2),
        budget=Money(Decimal("0.10"), "USD"), audience=for_whom, template=a_template, planner="lin.mei",
    )  # fmt: skip

    told = said(plan)["Planned"]

    assert '"starts_on":"2026-03-02","ends_on":"2026-03-02","budget":{"amount":"0.10","currency":"USD"}' in told
    assert (
        '"audience":{"consent_channel":"email","languages":["en","zh"],'
        '"importance":["red","black"],"cities":["广州","深圳"]}' in told
    )


def test_a_rejection_is_told_with_its_reason(a_rejected_campaign: Campaign) -> None:
    assert said(a_rejected_campaign)["Rejected"] == (
        f'crm.marketing.CampaignRejected.v1 {CODED},"reason":"no budget left"}}'
    )


def test_a_message_is_told_from_its_request_to_its_answer(a_message_handed_over: Message) -> None:
    a_message_handed_over.lose_sight("the connection broke")
    a_message_handed_over.accept("250 queued as 4Rk2")
    a_message_handed_over.answer("有现货吗？")

    about = f'{{{CUSTOMER},"message_id":"{a_message_handed_over.id}",{OF_CAMPAIGN}'
    assert said(a_message_handed_over) == {
        "Considered": f'crm.marketing.MessageRequested.v1 {about},"channel":"email"}}',
        "HandedOver": f'crm.marketing.MessageHandedOver.v1 {about},"send_id":"{a_message_handed_over.id}"}}',
        "LostSightOf": f'crm.marketing.MessageOutcomeUnknown.v1 {about},"reason":"the connection broke"}}',
        "Accepted": f'crm.marketing.MessageAccepted.v1 {about},"provider_reference":"250 queued as 4Rk2"}}',
        "Answered": f'crm.marketing.MessageAnswered.v1 {about},"answer":"有现货吗？"}}',
    }


def test_a_bounce_is_told_with_its_reason(a_message_handed_over: Message) -> None:
    a_message_handed_over.bounce("550 mailbox unknown")

    assert said(a_message_handed_over)["Bounced"].endswith('"reason":"550 mailbox unknown"}')


def test_a_customer_left_out_at_once_is_told_with_the_open_complaint(a_launched_campaign: Campaign) -> None:
    exclusion = Exclusion(LeftOutReason.OPEN_COMPLAINT, COMPLAINT)

    left_out = a_launched_campaign.message_to(UUID(int=7), exclusion=exclusion, rule="sending 2026-1", at=NOON)

    assert said(left_out) == {
        "Considered": f'crm.marketing.CustomerLeftOut.v1 {{{CUSTOMER},{OF_CAMPAIGN},"reason":"open_complaint",'
        f'"case_id":"{COMPLAINT}"}}'
    }


def test_a_customer_left_out_at_hand_over_is_told_alike(a_requested_message: Message) -> None:
    a_requested_message.leave_out(Exclusion(LeftOutReason.NO_CONSENT), rule="sending 2026-1")

    assert said(a_requested_message)["LeftOut"] == (
        f'crm.marketing.CustomerLeftOut.v1 {{{CUSTOMER},{OF_CAMPAIGN},"reason":"no_consent","case_id":null}}'
    )


def test_no_fact_stays_private(a_launched_campaign: Campaign, a_message_handed_over: Message) -> None:
    told = {"Planned", "Submitted", "Approved", "Rejected", "Launched"} | {
        "Considered", "LeftOut", "HandedOver", "Accepted", "Bounced", "LostSightOf", "Answered",
    }  # fmt: skip

    facts = {
        name
        for aggregate in SERVICE.aggregates
        for name, kind in vars(aggregate).items()
        if isinstance(kind, type) and issubclass(kind, Aggregate.Event) and name not in ("Event", "Created")
    }

    assert facts == told

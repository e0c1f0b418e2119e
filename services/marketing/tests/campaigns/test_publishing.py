"""Public events of a campaign, each as it goes on the wire."""

from datetime import date
from decimal import Decimal

from crm_kernel import ConsentChannel, Language, Money
from crm_marketing.campaigns.audience import AudienceRule
from crm_marketing.campaigns.campaign import Campaign
from crm_marketing.campaigns.template import Template
from crm_marketing.vocabulary import ImportanceListing
from services.marketing.tests.events import published

CAMPAIGN = '"campaign_id":"1239ab91-751e-5bac-aeb9-f5bc31fa9065"'
CODED = f'{{{CAMPAIGN},"code":"CM-2026-048"'


def test_a_campaign_is_told_from_its_plan_to_its_launch(a_launched_campaign: Campaign) -> None:
    assert published(a_launched_campaign) == {
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
        importance=(ImportanceListing.RED, ImportanceListing.BLACK),
        cities=("广州", "深圳"),
    )
    plan = Campaign.plan(
        code="CM-2026-049", name="Tea", starts_on=date(2026, 3, 2), ends_on=date(2026, 3, 2),
        budget=Money(Decimal("0.10"), "USD"), audience=for_whom, template=a_template, planner="lin.mei",
    )  # fmt: skip

    told = published(plan)["Planned"]

    assert '"starts_on":"2026-03-02","ends_on":"2026-03-02","budget":{"amount":"0.10","currency":"USD"}' in told
    assert (
        '"audience":{"consent_channel":"email","languages":["en","zh"],'
        '"importance":["red","black"],"cities":["广州","深圳"]}' in told
    )


def test_a_rejection_is_told_with_its_reason(a_rejected_campaign: Campaign) -> None:
    assert published(a_rejected_campaign)["Rejected"] == (
        f'crm.marketing.CampaignRejected.v1 {CODED},"reason":"no budget left"}}'
    )

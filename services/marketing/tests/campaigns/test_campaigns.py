"""Campaigns as people see them, on both databases."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import Connection

from crm_chassis.testing import NOON
from crm_events import marketing
from crm_marketing.campaigns.read_models import campaigns
from services.marketing.tests.events import CAMPAIGN, CODE, PLANNED, at, tell


def test_a_campaign_shows_its_dates_budget_audience_and_words(db: Connection) -> None:
    tell(db, at(0, PLANNED))

    plan = campaigns.one(db, CAMPAIGN)

    assert plan is not None
    assert (plan.code, plan.name, plan.starts_on, plan.ends_on) == (
        CODE,
        "X2 spring",
        date(2026, 3, 1),
        date(2026, 3, 7),
    )
    assert (plan.budget, plan.state) == ({"amount": "30000.00", "currency": "CNY"}, "planned")
    assert (plan.audience["languages"], plan.subject["zh"]) == (["zh"], "全新 X2")


def test_a_campaign_shows_who_planned_it_who_decided_and_what_they_said(db: Connection) -> None:
    by = {"campaign_id": CAMPAIGN, "code": CODE}
    tell(db, at(0, PLANNED, actor="lin.mei"), at(1, marketing.CampaignSubmitted(**by), actor="lin.mei"))
    tell(db, at(2, marketing.CampaignApproved(**by, remark="within budget"), actor="wang.lei"))
    tell(db, at(3, marketing.CampaignLaunched(**by), actor="lin.mei"))

    plan = campaigns.one(db, CAMPAIGN)

    assert plan is not None
    assert (plan.state, plan.planned_by, plan.decided_by, plan.remark) == (
        "launched", "lin.mei", "wang.lei", "within budget",
    )  # fmt: skip
    assert plan.launched_at == NOON + timedelta(hours=3)


def test_a_rejected_campaign_shows_the_reason(db: Connection) -> None:
    by = {"campaign_id": CAMPAIGN, "code": CODE}
    tell(db, at(0, PLANNED), at(1, marketing.CampaignRejected(**by, reason="no budget left"), actor="wang.lei"))

    plan = campaigns.one(db, CAMPAIGN)

    assert plan is not None
    assert (plan.state, plan.remark) == ("rejected", "no budget left")


def test_campaigns_come_latest_start_first_and_pages_go_on(db: Connection) -> None:
    for number, day in ((1, 3), (2, 1), (3, 2)):
        tell(db, at(0, PLANNED.model_copy(update={"campaign_id": UUID(int=number), "starts_on": date(2026, 3, day)})))

    (first,) = campaigns.newest(db, limit=1)
    rest = campaigns.newest(db, "planned", after=(first.starts_on, first.campaign_id), limit=5)

    assert [row.starts_on.day for row in (first, *rest)] == [3, 2, 1]
    assert campaigns.newest(db, "launched", limit=5) == []

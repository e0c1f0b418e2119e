"""A campaign: what it allows, and what it rejects."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, timedelta

import pytest

from crm_chassis.testing import NOON
from crm_kernel import ConsentChannel, DomainError, Language, LocalizedText
from crm_marketing.campaigns import campaign, errors
from crm_marketing.campaigns.audience import AudienceRule
from crm_marketing.campaigns.campaign import Campaign
from crm_marketing.campaigns.campaign_code import CodeOutsideTheSeries
from crm_marketing.campaigns.template import PlaceholderUnknown, SubjectNotOneLine, Template
from crm_marketing.vocabulary import CampaignState


@contextmanager
def refused(rule: type[DomainError], field: str, value: object) -> Iterator[None]:
    """Expect a refusal that names this field and this value."""
    with pytest.raises(rule) as refusal:
        yield
    assert (refusal.value.field, refusal.value.value) == (field, value)


def decided(live: Campaign) -> list[str]:
    return [type(fact).__name__ for fact in live.pending_events]


def test_a_campaign_is_planned_submitted_approved_and_launched(a_launched_campaign: Campaign) -> None:
    assert decided(a_launched_campaign) == ["Planned", "Submitted", "Approved", "Launched"]
    assert a_launched_campaign.state is CampaignState.LAUNCHED


def test_a_code_names_one_campaign_for_ever(a_planned_campaign: Campaign) -> None:
    assert a_planned_campaign.id == campaign.campaign_id("CM-2026-048")
    assert a_planned_campaign.id != campaign.campaign_id("CM-2026-049")


@pytest.mark.parametrize(
    "outsider", ["SPRING", "CM-26-048", "CM-2026-48", "CM-2026-0048", "cm-2026-048", "CM-2026-０48"]
)
def test_a_code_outside_the_series_is_refused(a_planned_campaign: Campaign, outsider: str) -> None:
    with refused(CodeOutsideTheSeries, "code", outsider):
        plan_like(a_planned_campaign, code=outsider)


def test_the_thousandth_campaign_of_a_year_still_has_a_code(a_planned_campaign: Campaign) -> None:
    assert plan_like(a_planned_campaign, code="CM-2026-1000").code == "CM-2026-1000"


def test_a_campaign_cannot_end_before_it_starts(a_planned_campaign: Campaign) -> None:
    with refused(errors.CampaignEndsBeforeItStarts, "ends_on", date(2026, 2, 28)):
        plan_like(a_planned_campaign, ends_on=date(2026, 2, 28))


def test_a_campaign_on_a_channel_without_a_sender_is_refused(a_planned_campaign: Campaign) -> None:
    with refused(errors.ChannelNotServed, "audience.consent_channel", "sms"):
        plan_like(a_planned_campaign, audience=AudienceRule(consent_channel=ConsentChannel.SMS))


@pytest.mark.parametrize("text", ["Dear {first_name}", "Dear {name", "Dear {{name}}", "{}", "{name.__class__}"])
def test_a_template_with_any_other_placeholder_than_the_name_is_refused(
    a_planned_campaign: Campaign, text: str
) -> None:
    odd = Template(subject=LocalizedText(en="Hello", zh="您好"), body=LocalizedText(en="Hello", zh=text))

    with refused(PlaceholderUnknown, "body", text):
        plan_like(a_planned_campaign, template=odd)


@pytest.mark.parametrize("subject", ["Hello\nBcc: all@example.com", "Hello\rthere", "Hello\u2028there"])
def test_a_subject_of_two_lines_is_refused(a_planned_campaign: Campaign, subject: str) -> None:
    odd = Template(subject=LocalizedText(en=subject, zh="您好"), body=LocalizedText(en="Hello", zh="您好"))

    with refused(SubjectNotOneLine, "subject", subject):
        plan_like(a_planned_campaign, template=odd)


def test_a_customer_reads_their_own_language_and_name(a_planned_campaign: Campaign) -> None:
    chinese = a_planned_campaign.words_for("陈晓雯", Language.ZH)
    english = a_planned_campaign.words_for("Ann\r\nBcc: all@example.com", Language.EN)

    assert (chinese.subject, chinese.body) == ("陈晓雯，全新 X2 上市", "陈晓雯，您好！欢迎到店体验。")
    assert english.subject == "Ann Bcc: all@example.com, the new X2 is here"


def test_a_name_is_never_taken_for_a_placeholder(a_planned_campaign: Campaign) -> None:
    words = a_planned_campaign.words_for("{name}{name}", Language.EN)

    assert words.body == "Dear {name}{name}, come and see it."


@pytest.mark.parametrize("state", ["a_submitted_campaign", "an_approved_campaign", "a_rejected_campaign"])
def test_a_campaign_is_submitted_only_once(state: str, request: pytest.FixtureRequest) -> None:
    submitted: Campaign = request.getfixturevalue(state)

    with refused(errors.CampaignAlreadySubmitted, "campaign_id", submitted.id):
        submitted.submit()


@pytest.mark.parametrize("decision", ["approve", "reject"])
@pytest.mark.parametrize("planner", ["lin.mei", "Lin.Mei"])
def test_the_planner_does_not_decide_about_their_own_campaign(
    a_submitted_campaign: Campaign, decision: str, planner: str
) -> None:
    with refused(errors.PlannerDecidedAlone, "actor", planner):
        decide(a_submitted_campaign, decision, by=planner)


@pytest.mark.parametrize("decision", ["approve", "reject"])
def test_what_was_not_submitted_is_not_decided_about(a_planned_campaign: Campaign, decision: str) -> None:
    with refused(errors.CampaignNotSubmitted, "campaign_id", a_planned_campaign.id):
        decide(a_planned_campaign, decision, by="wang.lei")


@pytest.mark.parametrize("decision", ["approve", "reject"])
@pytest.mark.parametrize("state", ["an_approved_campaign", "a_rejected_campaign", "a_launched_campaign"])
def test_a_campaign_is_decided_about_only_once(state: str, decision: str, request: pytest.FixtureRequest) -> None:
    done: Campaign = request.getfixturevalue(state)

    with refused(errors.CampaignAlreadyDecided, "campaign_id", done.id):
        decide(done, decision, by="wang.lei")


@pytest.mark.parametrize("state", ["a_planned_campaign", "a_submitted_campaign", "a_rejected_campaign"])
def test_a_campaign_is_launched_only_after_its_approval(state: str, request: pytest.FixtureRequest) -> None:
    early: Campaign = request.getfixturevalue(state)

    with refused(errors.CampaignNotApproved, "campaign_id", early.id):
        early.launch(NOON)


def test_a_campaign_is_launched_only_once(a_launched_campaign: Campaign) -> None:
    with refused(errors.CampaignAlreadyLaunched, "campaign_id", a_launched_campaign.id):
        a_launched_campaign.launch(NOON)


@pytest.mark.parametrize(
    ("at", "runs"),
    [
        (datetime(2026, 2, 28, 15, 59, tzinfo=UTC), False),
        (datetime(2026, 2, 28, 16, 0, tzinfo=UTC), True),
        (datetime(2026, 3, 7, 15, 59, tzinfo=UTC), True),
        (datetime(2026, 3, 7, 16, 0, tzinfo=UTC), False),
    ],
)
def test_a_campaign_runs_from_midnight_to_midnight_in_china(
    an_approved_campaign: Campaign, at: datetime, runs: bool
) -> None:
    with suppress(errors.OutsideTheDates):
        an_approved_campaign.launch(at)

    assert (an_approved_campaign.state is CampaignState.LAUNCHED) == runs


def test_nobody_is_written_to_before_the_launch(an_approved_campaign: Campaign) -> None:
    with refused(errors.CampaignNotLaunched, "campaign_id", an_approved_campaign.id):
        an_approved_campaign.refuse_unless_running(NOON)


def test_nobody_is_written_to_after_the_last_day(a_launched_campaign: Campaign) -> None:
    with refused(errors.OutsideTheDates, "occurred_at", date(2026, 3, 8)):
        a_launched_campaign.refuse_unless_running(NOON + timedelta(days=7))


@pytest.mark.parametrize("state", ["a_planned_campaign", "a_launched_campaign", "a_rejected_campaign"])
def test_a_replayed_campaign_equals_the_live_one(state: str, request: pytest.FixtureRequest) -> None:
    live: Campaign = request.getfixturevalue(state)

    replayed = None
    for fact in live.collect_events():
        replayed = fact.mutate(replayed)

    assert replayed == live


def decide(about: Campaign, decision: str, *, by: str) -> None:
    if decision == "approve":
        about.approve(approver=by, remark=None)
    else:
        about.reject(approver=by, reason="no budget left")


def plan_like(plan: Campaign, **changes: object) -> Campaign:
    """Return the same plan with these differences, under another code unless one is named."""
    planned = plan.pending_events[0]
    names = ("name", "starts_on", "ends_on", "budget", "audience", "template", "planner")
    same = {name: getattr(planned, name) for name in names}
    return Campaign.plan(**{**same, "code": "CM-2026-049", **changes})

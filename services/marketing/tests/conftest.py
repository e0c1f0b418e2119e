"""States that marketing's tests begin with, and marketing at work beside a real mail server."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection

from crm_chassis.testing import NOON, database
from crm_kernel import ConsentChannel, Language, LocalizedText, Money
from crm_marketing.campaigns.audience import AudienceRule
from crm_marketing.campaigns.campaign import Campaign
from crm_marketing.campaigns.template import Template
from crm_marketing.messages.message import Message
from crm_marketing.vocabulary import Exclusion, LeftOutReason
from services.marketing.tests.events import MODELS
from services.marketing.tests.running_service import PLAN, Marketing, working
from services.marketing.tests.smtp_server import SmtpServer, delivering
from services.marketing.tests.world import build

MS_CHEN, COMPLAINT = UUID(int=7), UUID(int=2)


@pytest.fixture
def a_template() -> Template:
    """Subject and body in both languages, with the customer's name."""
    return Template(subject=LocalizedText(**PLAN["subject"]), body=LocalizedText(**PLAN["body"]))


@pytest.fixture
def a_planned_campaign(a_template: Template) -> Campaign:
    """Lin Mei planned the campaign of the first March week, by e-mail, for everybody."""
    return Campaign.plan(
        code="CM-2026-048",
        name="X2 spring",
        starts_on=date(2026, 3, 1),
        ends_on=date(2026, 3, 7),
        budget=Money(Decimal("30000.00"), "CNY"),
        audience=AudienceRule(consent_channel=ConsentChannel.EMAIL),
        template=a_template,
        planner="lin.mei",
    )


@pytest.fixture
def a_submitted_campaign(a_planned_campaign: Campaign) -> Campaign:
    """The plan was handed in."""
    a_planned_campaign.submit()
    return a_planned_campaign


@pytest.fixture
def a_rejected_campaign(a_submitted_campaign: Campaign) -> Campaign:
    """Her superior rejected it."""
    a_submitted_campaign.reject(approver="wang.lei", reason="no budget left")
    return a_submitted_campaign


@pytest.fixture
def an_approved_campaign(a_submitted_campaign: Campaign) -> Campaign:
    """Her superior approved it."""
    a_submitted_campaign.approve(approver="wang.lei", remark="within budget")
    return a_submitted_campaign


@pytest.fixture
def a_launched_campaign(an_approved_campaign: Campaign) -> Campaign:
    """It was launched at noon of its first day."""
    an_approved_campaign.launch(NOON)
    return an_approved_campaign


@pytest.fixture
def a_requested_message(a_launched_campaign: Campaign) -> Message:
    """A message to Ms Chen was requested."""
    return a_message_of(a_launched_campaign, exclusion=None)


def a_message_of(campaign: Campaign, *, exclusion: Exclusion | None) -> Message:
    """Return the message of this campaign to Ms Chen."""
    return Message(
        campaign_id=campaign.id,
        campaign_code=campaign.code,
        customer_id=MS_CHEN,
        channel=campaign.audience.consent_channel,
        exclusion=exclusion,
        rule="sending 2026-1",
    )


@pytest.fixture
def a_message_left_out(a_launched_campaign: Campaign) -> Message:
    """Ms Chen was left out for her open complaint."""
    return a_message_of(a_launched_campaign, exclusion=Exclusion(LeftOutReason.OPEN_COMPLAINT, COMPLAINT))


@pytest.fixture
def a_message_handed_over(a_requested_message: Message) -> Message:
    """It was given to the mail server."""
    a_requested_message.hand_over(language=Language.ZH, rule="sending 2026-1")
    return a_requested_message


@pytest.fixture
def smtp_server() -> Iterator[SmtpServer]:
    """A mail server that takes every e-mail."""
    with delivering(enable_SMTPUTF8=True) as server:
        yield server


@pytest.fixture
def old_smtp_server() -> Iterator[SmtpServer]:
    """A mail server that knows ASCII addresses only."""
    with delivering(enable_SMTPUTF8=False) as server:
        yield server


@pytest.fixture
def marketing(tmp_path: Path, smtp_server: SmtpServer) -> Iterator[Marketing]:
    """Marketing at work on SQLite."""
    with working(tmp_path, smtp_server, f"sqlite:///{tmp_path / 'marketing.db'}") as running:
        yield running


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Marketing]:
    """Marketing after everything in `world.py` has happened; only read."""
    directory = tmp_path_factory.mktemp("world")
    database = f"sqlite:///{directory / 'marketing.db'}"
    with delivering(enable_SMTPUTF8=True) as server, working(directory, server, database) as running:
        yield build(running)


@pytest.fixture
def marketing_on_postgresql(tmp_path: Path, smtp_server: SmtpServer, fresh_database: Any) -> Iterator[Marketing]:
    """Marketing at work on PostgreSQL."""
    with working(tmp_path, smtp_server, fresh_database()) as running:
        yield running


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.needs_postgres)])
def db(request: pytest.FixtureRequest) -> Iterator[Connection]:
    """A database with marketing's own tables; nothing has happened."""
    url = "sqlite://"
    if request.param == "postgresql":
        url = request.getfixturevalue("fresh_database")().replace("postgresql://", "postgresql+psycopg://")
    with database(*(table for model in MODELS for table in model.tables), url=url) as connection:
        yield connection

"""States that marketing's tests begin with, and marketing at work beside a real mail server."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from aiosmtpd.controller import Controller

from crm_chassis.testing import NOON, PARTITIONS, Client, client, heard, topics_heard
from crm_chassis.works import Works
from crm_eventlog.envelope import CloudEvent, from_record
from crm_eventlog.log import MemoryLog
from crm_eventlog.ownership import open_ownership
from crm_eventlog.projection import Follower, NotNow
from crm_eventlog.relay import Relay
from crm_events import parse
from crm_events.contacts import Address, ConsentGiven, CustomerKind, CustomerRegistered
from crm_events.marketing import CampaignLaunched, MessageRequested
from crm_events.values import ConsentChannel, Language
from crm_marketing.__main__ import SERVICE
from crm_marketing.domain import audience as domain
from crm_marketing.domain.campaign import Campaign
from crm_marketing.domain.message import Message
from crm_marketing.domain.money import Money
from crm_marketing.domain.template import Template, Wording
from crm_marketing.effects import Mailing, effects_with
from crm_marketing.sender import MailServer, SmtpSender
from crm_marketing.settings import Settings

MS_CHEN = UUID(int=7)
PLAN: dict[str, Any] = {
    "code": "CM-2026-048",
    "name": "X2 spring",
    "starts_on": "2026-03-01",
    "ends_on": "2026-03-07",
    "budget": {"amount": "30000.00", "currency": "CNY"},
    "subject": {"en": "{name}, the new X2 is here", "zh": "{name}，全新 X2 上市"},
    "body": {"en": "Dear {name}, come and see it.", "zh": "{name}，您好！欢迎到店体验。"},
}


@pytest.fixture
def a_template() -> Template:
    """Subject and body in both languages, with the customer's name."""
    return Template(subject=Wording(**PLAN["subject"]), body=Wording(**PLAN["body"]))


@pytest.fixture
def a_planned_campaign(a_template: Template) -> Campaign:
    """Lin Mei planned the campaign of the first March week, by e-mail, for everybody."""
    return Campaign.plan(
        code="CM-2026-048",
        name="X2 spring",
        starts_on=date(2026, 3, 1),
        ends_on=date(2026, 3, 7),
        budget=Money(Decimal("30000.00"), "CNY"),
        audience=domain.AudienceRule(consent_channel=domain.ConsentChannel.EMAIL),
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
    return a_launched_campaign.message_to(MS_CHEN, exclusion=None, rule="sending 2026-1", at=NOON)


@pytest.fixture
def a_message_handed_over(a_requested_message: Message) -> Message:
    """It was given to the mail server."""
    a_requested_message.hand_over(language=domain.Language.ZH, rule="sending 2026-1")
    return a_requested_message


@dataclass
class PostOffice:
    """What a real mail server on this machine is told to do, and what it got."""

    port: int
    received: list[EmailMessage] = field(default_factory=list)
    offered: list[str] = field(default_factory=list)
    refusals: dict[str, list[str]] = field(default_factory=dict)
    breaks: list[str] = field(default_factory=list)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        """Take or refuse a recipient, or break the connection before the letter."""
        self.offered.append(address)
        if self.breaks[:1] == ["before the letter"]:
            self.breaks.pop(0)
            server.transport.abort()
        if refusals := self.refusals.get(address):
            return refusals.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    @staticmethod
    async def gone_away(server: Any) -> None:
        """Wait until the other side has closed the connection."""
        while not server._reader.at_eof():
            await server._reader.read(1)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Take the letter; if told so, break the connection before the sender hears of it."""
        letter = message_from_bytes(envelope.content, _class=EmailMessage, policy=default)
        self.received.append(letter)
        if self.breaks[:1] == ["after the letter"]:
            self.breaks.pop(0)
            server.transport.abort()
        if self.breaks[:1] == ["silence"]:
            # Until the sender gives up and closes the connection.
            await self.gone_away(server)
        return self.refusals["letter"].pop(0) if self.refusals.get("letter") else "250 2.0.0 queued as 4Rk2"


@contextmanager
def delivering(**features: Any) -> Iterator[PostOffice]:
    """A mail server with these features, until the block ends."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        office = PostOffice(port=free.getsockname()[1])
    serving = Controller(office, hostname="127.0.0.1", port=office.port, **features)
    serving.start()
    yield office
    serving.stop()


@pytest.fixture
def post_office() -> Iterator[PostOffice]:
    """A mail server that takes every letter."""
    with delivering(enable_SMTPUTF8=True) as office:
        yield office


@pytest.fixture
def old_post_office() -> Iterator[PostOffice]:
    """A mail server that knows ASCII addresses only."""
    with delivering(enable_SMTPUTF8=False) as office:
        yield office


@dataclass
class Marketing:
    """Marketing on its own store, log, read models and reactions, all of them real; one thing after the other."""

    web: Client
    works: Works
    post: PostOffice
    sender: SmtpSender
    now: datetime = NOON

    def turn(self) -> None:
        """Relay, project and react until nothing is left to do."""
        asyncio.run(self._turn())

    async def _turn(self) -> None:
        works, service = self.works, self.works.service
        relay = Relay(
            works.application.store,
            works.application.mapper,
            service.publish,
            works.log,
            open_ownership(works.engine),
            topic=service.topic,
        )
        followers = [Follower(intake, works.log, {service.topic}) for intake in (works.projector, works.reactor)]
        try:
            while sum([await relay.step(), *[await follower.step() for follower in followers]]):
                pass
        finally:
            await relay.release()
        assert works.reactor.stopped == works.projector.stopped == {}

    def hear(self, *events: Any, **said: Any) -> None:
        """Let the read models take in what other services say."""
        for model in self.works.service.read_models:
            with self.works.engine.begin() as db:
                model.project(topics_heard(model, [heard(event, **said) for event in events]), db)

    def said(self, kind: type[Any]) -> list[CloudEvent]:
        """What marketing said of this kind, in the order of its topic's partitions."""
        return [event for event in self._read() if isinstance(event.data, kind)]

    def _read(self) -> list[CloudEvent]:
        topic, log = self.works.service.topic, self.works.log
        coming = (log.read(topic, part, 0, 10_000) for part in range(PARTITIONS))
        records = [record for read in coming for record in asyncio.run(read)]
        events = [from_record(record.headers, record.value, parse) for record in records]
        return [event for event in events if event is not None]

    def ask(self, name: str, /, **body: Any) -> Any:
        """Ask a command that must succeed; whoever decides is not the planner."""
        who = {"Crm-Actor": "wang.lei"} if name in ("approve-campaign", "reject-campaign") else {}
        answer = self.web.command(name, body, **who)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def get(self, path: str) -> Any:
        """What the read models show."""
        answer = self.web.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def launched(self, **plan: Any) -> str:
        """A campaign that was planned, approved and launched; nobody has reacted yet."""
        campaign_id = str(self.ask("plan-campaign", **{**PLAN, **plan})["id"])
        for step in ("submit", "approve", "launch"):
            self.ask(f"{step}-campaign", campaign_id=campaign_id)
        return campaign_id

    def react_to(self, *kinds: type[Any]) -> None:
        """Let the effects hear what was said of these kinds once more, as after a crash before the checkpoint."""
        works = self.works
        for effect in works.service.effects(works.settings, works.application, works.engine, works.clock):
            for event in self.said(effect.whenever) if effect.whenever in kinds else ():
                effect.then(event)

    def react_again(self) -> None:
        """Hear everything once more."""
        self.react_to(CampaignLaunched, MessageRequested)
        self.turn()

    def turn_without_mail(self) -> None:
        """As `turn`, while the mail server is away: whatever is to be handed over waits."""
        there = self.sender.server
        self.sender.close()
        self.sender.server = replace(there, port=1)
        try:
            with pytest.raises(NotNow):
                self.turn()
        finally:
            self.sender.server = there


@contextmanager
def working(directory: Path, post: PostOffice, database_url: str) -> Iterator[Marketing]:
    """Marketing at work at noon of 1 March 2026, until the block ends; nothing has happened."""
    sender = SmtpSender(MailServer(host="127.0.0.1", port=post.port, sender="news@example.com"), pauses=(0, 0))
    service = replace(
        SERVICE, effects=lambda settings, app, engine, clock: effects_with(Mailing(app, engine, sender, clock))
    )
    settings = Settings(database_url=database_url, partitions=PARTITIONS, smtp_host="127.0.0.1", smtp_port=post.port)
    with client(service, directory, settings=settings, clock=lambda: at_work.now) as web:
        works = Works(
            service=service,
            settings=settings,
            engine=web.engine,
            application=web.app.state.application,
            log=MemoryLog(lambda: at_work.now),
            clock=lambda: at_work.now,
        )
        at_work = Marketing(web, works, post, sender)
        works.migrate()
        asyncio.run(works.create_topics())
        yield at_work
    sender.close()


@pytest.fixture
def marketing(tmp_path: Path, post_office: PostOffice) -> Iterator[Marketing]:
    """Marketing at work on SQLite."""
    with working(tmp_path, post_office, f"sqlite:///{tmp_path / 'marketing.db'}") as at_work:
        yield at_work


@pytest.fixture
def marketing_on_postgresql(tmp_path: Path, post_office: PostOffice, fresh_database: Any) -> Iterator[Marketing]:
    """Marketing at work on PostgreSQL."""
    with working(tmp_path, post_office, fresh_database()) as at_work:
        yield at_work


def a_customer(number: int, **changes: Any) -> list[Any]:
    """Somebody in Guangzhou who reads Chinese and allowed us to write; `consent=False` for no consent."""
    consent = changes.pop("consent", True)
    said: dict[str, Any] = {
        "customer_id": UUID(int=number),
        "kind": CustomerKind.PERSON,
        "name": f"陈{number}",
        "form_of_address": "女士",
        "emails": (f"c{number}@example.com",),
        "addresses": (Address(country="CN", region="广东", city="广州", street="天河路 208 号", postcode="510620"),),
        "language": Language.ZH,
        **changes,
    }
    given = ConsentGiven(
        customer_id=said["customer_id"], channel=ConsentChannel.EMAIL, text_shown="我同意", language=Language.ZH
    )
    return [CustomerRegistered(**said), *([given] if consent else [])]


@pytest.fixture
def customer() -> Any:
    """How a customer becomes known: numbered, with or without what the test is about."""
    return a_customer


@pytest.fixture
def hours() -> Any:
    """So many hours, as a length of time."""
    return lambda number: timedelta(hours=number)

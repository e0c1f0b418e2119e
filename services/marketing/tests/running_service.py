"""Marketing on its own store, log, read models and reactions, and the customers it writes to."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from crm_chassis.runtime import ServiceRuntime
from crm_chassis.slice import Slice
from crm_chassis.testing import (
    NOON,
    PARTITIONS,
    Client,
    client,
    received,
    runtime_behind,
    said_by,
    settle,
    topics_heard,
)
from crm_eventlog.consumer import TransientError
from crm_eventlog.envelope import CloudEvent
from crm_events.contacts import Address, ConsentGiven, CustomerKind, CustomerRegistered
from crm_events.marketing import CampaignLaunched, MessageRequested
from crm_events.values import ConsentChannel, Language
from crm_marketing.campaigns.effects import Mailing, effects_with
from crm_marketing.campaigns.smtp import MailServer, SmtpSender
from crm_marketing.service import SERVICE
from crm_marketing.settings import Settings
from services.marketing.tests.smtp_server import SmtpServer

PLAN: dict[str, Any] = {
    "code": "CM-2026-048",
    "name": "X2 spring",
    "starts_on": "2026-03-01",
    "ends_on": "2026-03-07",
    "budget": {"amount": "30000.00", "currency": "CNY"},
    "subject": {"en": "{name}, the new X2 is here", "zh": "{name}，全新 X2 上市"},
    "body": {"en": "Dear {name}, come and see it.", "zh": "{name}，您好！欢迎到店体验。"},
}


@dataclass
class Marketing:
    """Marketing on its own store, log, read models and reactions, all of them real; one thing after the other."""

    web: Client
    runtime: ServiceRuntime
    smtp: SmtpServer
    sender: SmtpSender
    now: datetime = NOON

    def turn(self) -> None:
        """Relay, project and react until nothing is left to do."""
        settle(self.runtime)
        assert self.runtime.reactor.stopped == self.runtime.projector.stopped == {}

    def hear(self, *events: Any, **changes: Any) -> None:
        """Project events of other services."""
        for model in self.runtime.service.read_models:
            with self.runtime.engine.begin() as db:
                model.project(topics_heard(model, [received(event, **changes) for event in events]), db)

    def published(self, kind: type[Any]) -> list[CloudEvent]:
        """Return the events of this kind that marketing published, in the order of its topic's partitions."""
        return [event for event in said_by(self.runtime) if isinstance(event.data, kind)]

    def ask(self, name: str, /, **body: Any) -> Any:
        """Ask for a command that must succeed; approvals and rejections come from somebody other than the planner."""
        who = {"Crm-Actor": "wang.lei"} if name in ("approve-campaign", "reject-campaign") else {}
        answer = self.web.command(name, body, **who)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def get(self, path: str) -> Any:
        """Return what the read models show."""
        answer = self.web.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def states(self, campaign_id: str) -> dict[int, str]:
        """Return the customer's number -> the state of the campaign's message, or why there was none."""
        items = self.get(f"/campaigns/{campaign_id}/messages")["items"]
        return {
            UUID(item["customer_id"]).int: item["reason"] if item["state"] == "left_out" else item["state"]
            for item in items
        }

    def launched(self, **plan: Any) -> str:
        """Return the id of a campaign that was planned, approved and launched; nobody has reacted yet."""
        campaign_id = str(self.ask("plan-campaign", **{**PLAN, **plan})["id"])
        for step in ("submit", "approve", "launch"):
            self.ask(f"{step}-campaign", campaign_id=campaign_id)
        return campaign_id

    def react_to(self, *kinds: type[Any]) -> None:
        """Let the effects process these kinds of events once more, as after a crash before the checkpoint."""
        runtime = self.runtime
        for effect in runtime.service.effects(runtime.settings, runtime.application, runtime.engine, runtime.clock):
            for event in self.published(effect.whenever) if effect.whenever in kinds else ():
                effect.then(event)

    def react_again(self) -> None:
        """Process everything once more."""
        self.react_to(CampaignLaunched, MessageRequested)
        self.turn()

    def turn_without_mail(self) -> None:
        """Do as `turn`, while the mail server is away: whatever is to be handed over waits."""
        there = self.sender.server
        self.sender.close()
        self.sender.server = replace(there, port=1)
        try:
            with pytest.raises(TransientError):
                self.turn()
        finally:
            self.sender.server = there


def sending_through(sender: SmtpSender, each: Slice) -> Slice:
    """Return the slice with its e-mails going out through this sender."""
    if each.effects is None:
        return each
    return replace(each, effects=lambda _, app, engine, clock: effects_with(Mailing(app, engine, sender, clock)))


@contextmanager
def working(directory: Path, smtp: SmtpServer, database_url: str) -> Iterator[Marketing]:
    """Run marketing at noon of 1 March 2026, until the block ends; nothing has happened."""
    sender = SmtpSender(MailServer(host="127.0.0.1", port=smtp.port, sender="news@example.com"), pauses=(0, 0))
    service = replace(SERVICE, slices=tuple(sending_through(sender, each) for each in SERVICE.slices))
    settings = Settings(database_url=database_url, partitions=PARTITIONS, smtp_host="127.0.0.1", smtp_port=smtp.port)
    with client(service, directory, settings=settings, clock=lambda: running.now) as web:
        running = Marketing(web, runtime_behind(web, settings, lambda: running.now), smtp, sender)
        running.runtime.migrate()
        asyncio.run(running.runtime.create_topics())
        yield running
    sender.close()


def a_customer(number: int, **changes: Any) -> list[Any]:
    """Return the events of somebody in Guangzhou who reads Chinese; `consent=False` for no consent."""
    consent = changes.pop("consent", True)
    fields: dict[str, Any] = {
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
        customer_id=fields["customer_id"], channel=ConsentChannel.EMAIL, text_shown="我同意", language=Language.ZH
    )
    return [CustomerRegistered(**fields), *([given] if consent else [])]

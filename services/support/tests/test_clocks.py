"""The clocks at work: support's own relay, reactor and ticker on a log, and a time that the test moves."""

import asyncio
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from crm_chassis.testing import NOON, circumstances
from crm_chassis.works import Works
from crm_eventlog.command import Command
from crm_eventlog.envelope import circumstances_of
from crm_eventlog.log import Outgoing
from crm_eventlog.log.memory import MemoryLog
from crm_eventlog.ownership import open_ownership
from crm_eventlog.projection import Follower
from crm_eventlog.reactions import Ticker
from crm_eventlog.relay import Relay
from crm_eventlog.tables import reactions
from crm_events.event import CustomerEvent
from crm_events.sales import OrderPlaced, OrderReturned
from crm_events.support import Severity
from crm_events.values import Channel, Money
from crm_support import commands as ask
from crm_support.__main__ import SERVICE
from crm_support.settings import Settings

MS_CHEN, ORDER = UUID(int=7), UUID(int=9)
PRICE = Money(amount=4999, currency="CNY")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PLACED = OrderPlaced(customer_id=MS_CHEN, order_id=ORDER, lines=(), total=PRICE, unit="tianhe", channel=Channel.STORE)
RETURNED = OrderReturned(
    customer_id=MS_CHEN,
    return_id=UUID(int=5),
    order_id=ORDER,
    lines=(),
    refund=PRICE,
    whole=True,
    order_total=PRICE,
    reason="It flickers",
)
COMPLAINT = ask.FileComplaint(
    customer_id=MS_CHEN, channel=Channel.CALL_CENTRE, subject="Screen", text="Nobody helps me.", severity=Severity.HIGH
)


class Support:
    """Support with everything it runs on, and the time it is."""

    def __init__(self, directory: Path) -> None:
        self.now = NOON
        self.log = MemoryLog(lambda: self.now)
        settings = Settings(database_url=f"sqlite:///{directory}/support.db", partitions=1)
        self.works = works = Works.open(SERVICE, settings, self.log, lambda: self.now)
        works.migrate()
        asyncio.run(works.create_topics())
        self._relay = Relay(
            works.application.store,
            works.application.mapper,
            SERVICE.publish,
            self.log,
            open_ownership(works.engine),
            topic=SERVICE.topic,
        )
        self._follower = Follower(works.reactor, self.log, ["crm.sales.v1", "crm.support.v1"])
        self._ticker = Ticker(works.application, lambda: self.now)
        self._said_by_sales = 0

    def ask(self, command: Command) -> UUID:
        """Ask a command, now."""
        application = self.works.application
        said = circumstances(occurred_at=self.now, recorded_at=self.now)
        return application.perform(application.ask_for(command), command, said).id

    def hear(self, event: CustomerEvent) -> None:
        """Sales says this, now."""
        self._said_by_sales += 1
        content = {
            "id": str(UUID(int=self.now.toordinal())),
            "source": "sales",
            "type": event.TYPE,
            "subject": str(ORDER),
            "sequence": self._said_by_sales,
            "time": self.now.isoformat(),
            "recordedtime": self.now.isoformat(),
            "partitionkey": str(MS_CHEN),
            "position": f"0:{self._said_by_sales}",
            "data": event.model_dump(mode="json"),
        }
        headers = (("content-type", b"application/cloudevents+json"),)
        record = Outgoing(str(MS_CHEN).encode(), json.dumps(content).encode(), headers)
        asyncio.run(self.log.append("crm.sales.v1", {0: [record]}))

    def wait_until(self, moment: datetime) -> None:
        """Let the time come, and with it everything that follows from it."""
        asyncio.run(self._settle())
        self.now = moment
        asyncio.run(self._settle())

    def facts(self, *names: str) -> list[tuple[str, datetime]]:
        """Which of these facts became true, and when they happened."""
        stored = self.works.application.store.read(0, 0, 1000)
        return [(fact.topic, circumstances_of(fact).occurred_at) for fact in stored if fact.topic in names]

    def commands_of_the_clock(self) -> list[str]:
        """What the ticker asked, whether it was done or refused."""
        with self.works.engine.connect() as db:
            return list(db.scalars(select(reactions.c.command)))

    async def _settle(self) -> None:
        while await self._relay.step() or await self._follower.step() or self._ticker.tick():
            pass


@pytest.fixture
def support(tmp_path: Path) -> Iterator[Support]:
    """Support at noon; nothing has happened."""
    at_work = Support(tmp_path)
    yield at_work
    at_work.works.engine.dispose()


@pytest.mark.feature("P22")
def test_a_complaint_is_escalated_when_its_time_is_over_and_not_before(support: Support) -> None:
    support.ask(COMPLAINT)

    support.wait_until(NOON + DAY - HOUR)
    before = support.facts("Case.Escalated")
    support.wait_until(NOON + 3 * DAY)

    assert before == []
    assert support.facts("Case.Escalated") == [("Case.Escalated", NOON + DAY)]


def test_a_settled_complaint_is_not_escalated(support: Support) -> None:
    complaint = support.ask(COMPLAINT)
    support.ask(ask.ResolveCase(case_id=complaint, resolution="Repaired"))

    support.wait_until(NOON + 3 * DAY)

    assert support.commands_of_the_clock() == []


def test_a_complaint_whose_reason_was_told_is_not_escalated_until_it_is_reopened(support: Support) -> None:
    complaint = support.ask(COMPLAINT)
    support.ask(ask.DeclareCaseUnresolvable(case_id=complaint, reason="No remedy until firmware 2.1"))
    support.wait_until(NOON + 3 * DAY)
    support.ask(ask.ReopenCase(case_id=complaint, reason="Firmware 2.1 did not help"))

    support.wait_until(NOON + 5 * DAY)

    assert support.facts("Case.Escalated") == [("Case.Escalated", NOON + 4 * DAY)]
    assert support.commands_of_the_clock() == ["EscalateCase"]


@pytest.mark.feature("P02")
def test_an_order_is_followed_by_a_visit_after_three_days_and_one_after_thirty(support: Support) -> None:
    support.hear(PLACED)

    support.wait_until(NOON + 3 * DAY - HOUR)
    before = support.facts("Visit.FellDue")
    support.wait_until(NOON + 40 * DAY)

    assert before == []
    assert support.facts("Visit.FellDue") == [("Visit.FellDue", NOON + 3 * DAY), ("Visit.FellDue", NOON + 30 * DAY)]


def test_an_order_that_came_back_whole_is_visited_no_more(support: Support) -> None:
    support.hear(PLACED)
    support.wait_until(NOON + 4 * DAY)
    support.hear(RETURNED)

    support.wait_until(NOON + 40 * DAY)

    assert support.facts("Visit.FellDue") == [("Visit.FellDue", NOON + 3 * DAY)]

"""The pages for operators: their statements, and a small house to try them on."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from uuid import UUID

from sqlalchemy import Engine, text

from crm_chassis.runtime import ServiceRuntime
from crm_chassis.testing import command_context
from crm_contacts.customers import RegisterCustomer
from crm_contacts.service import SERVICE as CONTACTS
from crm_eventlog.consumer import EventConsumer, PollingConsumer
from crm_eventlog.log import Log
from crm_eventlog.ownership import open_ownership
from crm_eventlog.relay import Relay
from crm_support.cases.commands import AskQuestion
from crm_support.service import SERVICE as SUPPORT
from tests.architecture.sources import ROOT

PAGES = ROOT / "docs" / "runbooks"
CUSTOMER = UUID(int=7)
SERVICES = {"support": SUPPORT, "contacts": CONTACTS}
_NUMBERS = count(1)


def statements(page: str) -> list[str]:
    """Return the SQL of a page, block by block, in its order."""
    return re.findall(r"^```sql\n(.*?)^```", (PAGES / f"{page}.md").read_text("utf-8"), re.MULTILINE | re.DOTALL)


def perform(engine: Engine, statement: str) -> list[tuple[object, ...]]:
    """Return the answers of a block; a page's own transaction is ours."""
    plain = re.sub(r"^(BEGIN|COMMIT);\n", "", statement, flags=re.MULTILINE)
    rows: list[tuple[object, ...]] = []
    with engine.begin() as db:
        for part in filter(str.strip, plain.split(";\n")):
            result = db.execute(text(part.rstrip().rstrip(";").replace(":", "\\:")))
            rows = [tuple(row) for row in result] if result.returns_rows else []
    return rows


@contextmanager
def opened(name: str, url: str, log: Log) -> Iterator[ServiceRuntime]:
    """Open a service on its database and this log, migrated, nothing of it started."""
    service = SERVICES[name]
    runtime = ServiceRuntime.open(service, service.settings(database_url=url), log, lambda: datetime.now(UTC))
    try:
        runtime.migrate()
        yield runtime
    finally:
        runtime.engine.dispose()


def ask(runtime: ServiceRuntime) -> None:
    """Ask support something as the customer."""
    command = AskQuestion(customer_id=CUSTOMER, channel="web", subject="flickers", text=f"Question {next(_NUMBERS)}?")
    runtime.application.execute(command, command_context())


def register(runtime: ServiceRuntime) -> None:
    """Register a customer with contacts."""
    command = RegisterCustomer(customer_id=CUSTOMER, kind="person", name="Chen", language="zh")
    runtime.application.execute(command, command_context())


def relay_of(runtime: ServiceRuntime) -> Relay:
    application, service = runtime.application, runtime.service
    ownership = open_ownership(runtime.engine)
    return Relay(application.store, application.mapper, service.publish, runtime.log, ownership, topic=service.topic)


async def relayed(runtime: ServiceRuntime) -> None:
    """Relay everything that is stored, and end the relay."""
    await runtime.create_topics()
    relay = relay_of(runtime)
    try:
        while await relay.step():
            pass
    finally:
        await relay.release()


async def caught_up(runtime: ServiceRuntime) -> None:
    """Let a newly started process read what it has not yet."""
    fresh: EventConsumer = ServiceRuntime.open(runtime.service, runtime.settings, runtime.log, runtime.clock).projector
    follower = PollingConsumer(fresh, runtime.log, frozenset().union(*fresh.topics.values()))
    while await follower.step():
        pass
    fresh.engine.dispose()
    assert fresh.stopped == {}, fresh.stopped

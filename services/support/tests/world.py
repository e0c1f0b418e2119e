"""Support at work with everything it runs on, asked and read over HTTP, and a time that the test moves."""

import asyncio
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select

from crm_chassis.runtime import ServiceRuntime
from crm_chassis.testing import NOON, PARTITIONS, Client, client, runtime_behind, said_by, settle
from crm_eventlog.envelope import CloudEvent
from crm_eventlog.log import Outgoing
from crm_eventlog.reactions import Ticker
from crm_eventlog.tables import reactions
from crm_events.event import CustomerEvent
from crm_events.sales import OrderPlaced, OrderReturned
from crm_events.values import Channel, Money
from crm_support.service import SERVICE
from crm_support.settings import Settings

SALES = "crm.sales.v1"
PRICE = Money(amount=4999, currency="CNY")


def hours(number: float) -> datetime:
    """Give the moment so many hours after noon of 1 March 2026, UTC."""
    return NOON + timedelta(hours=number)


def text(moment: datetime) -> str:
    """Write a moment as a body shows it."""
    return moment.isoformat().replace("+00:00", "Z")


def an_order(order_id: UUID, customer_id: UUID, *, unit: str = "tianhe") -> OrderPlaced:
    """Sell a phone in this unit."""
    return OrderPlaced(
        customer_id=customer_id, order_id=order_id, lines=(), total=PRICE, unit=unit, channel=Channel.STORE
    )


def a_return(order: OrderPlaced, *, whole: bool) -> OrderReturned:
    """Take the order back, wholly or in part."""
    return OrderReturned(
        customer_id=order.customer_id,
        return_id=UUID(int=order.order_id.int + 1),
        order_id=order.order_id,
        lines=(),
        refund=PRICE,
        whole=whole,
        order_total=PRICE,
        reason="It flickers",
    )


def in_pages(rows: Sequence[Any], size: int) -> list[list[Any]]:
    """Cut rows into pages of this size."""
    return [list(rows[start : start + size]) for start in range(0, len(rows), size)] or [[]]


@dataclass
class World:
    """One support with its store, log, read models, clocks and web face, all of them real."""

    web: Client
    runtime: ServiceRuntime
    now: datetime = NOON
    _heard: list[bytes] = field(default_factory=list)

    def ask(self, name: str, /, *, occurred: datetime | None = None, unit: str = "tianhe", **body: Any) -> str:
        """Ask a command that must succeed, now or as it `occurred`; return the id of its record."""
        answer = self.refused(name, occurred=occurred, unit=unit, **body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def refused(self, name: str, /, *, occurred: datetime | None = None, unit: str = "tianhe", **body: Any) -> Any:
        """Ask a command whatever comes of it; return the answer."""
        headers = {"crm_unit": unit, **({"crm_occurred_at": occurred.isoformat()} if occurred else {})}
        plain = {name: str(value) if isinstance(value, UUID) else value for name, value in body.items()}
        return self.web.command(name, plain, **headers)

    def get(self, path: str, *, language: str = "en") -> Any:
        """Read what is shown once every event is taken in."""
        self.settle()
        answer = self.web.get(path, headers={"Accept-Language": language})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def pages(self, path: str, *, limit: int, language: str = "en") -> list[list[Any]]:
        """Read page after page until the last; return the items of each."""
        address = f"{path}{'&' if '?' in path else '?'}limit={limit}"
        page = self.get(address, language=language)
        pages = [page["items"]]
        while page["next"]:
            page = self.get(f"{address}&cursor={page['next']}", language=language)
            pages.append(page["items"])
        return pages

    def hear(self, event: CustomerEvent, *, times: int = 1) -> None:
        """Let sales say this now, and perhaps say it again."""
        place = len(self._heard) + 1
        content = {
            "id": str(UUID(int=0x5A1E5 + place)),
            "source": "sales",
            "type": event.TYPE,
            "subject": str(event.order_id),  # type: ignore[attr-defined]
            "sequence": place,
            "time": self.now.isoformat(),
            "recordedtime": (self.now + timedelta(minutes=5)).isoformat(),
            "partitionkey": str(event.customer_id),
            "position": f"0:{place}",
            "actor": "zhao.min",
            "role": "clerk",
            "store": getattr(event, "unit", "tianhe"),
            "channel": "store",
            "correlationid": "a-sale",
            "data": event.model_dump(mode="json"),
        }
        self._heard.append(json.dumps(content).encode())
        headers = (("content-type", b"application/cloudevents+json"),)
        record = Outgoing(str(event.customer_id).encode(), self._heard[-1], headers)
        asyncio.run(self.runtime.log.append(SALES, {0: [record] * times}))

    def wait_until(self, moment: datetime) -> None:
        """Let the time come, and with it everything that follows from it."""
        self.settle()
        self.now = moment
        self.settle()

    def settle(self) -> None:
        """Relay, project, react and tick until nothing is left to do."""
        settle(self.runtime, self._ticker.tick)
        assert self.runtime.reactor.stopped == self.runtime.projector.stopped == {}

    def tick(self) -> None:
        """Let the clock ask what is due, before any event of the meantime is consumed."""
        self._ticker.tick()

    @property
    def _ticker(self) -> Ticker:
        return Ticker(self.runtime.application, lambda: self.now)

    def events(self, kind: type[Any] = CustomerEvent) -> list[CloudEvent]:
        """Read the events of this kind that support published, in the order of its partitions."""
        self.settle()
        return [event for event in said_by(self.runtime) if isinstance(event.data, kind)]

    def fields(self, kind: type[Any], *names: str) -> set[tuple[Any, ...]]:
        """Return these fields of every event of this kind."""
        return {tuple(getattr(event.data, name) for name in names) for event in self.events(kind)}

    def of_the_clock(self) -> Sequence[Any]:
        """List the name and the outcome of everything the clock asked, in order."""
        asked = select(reactions.c.command, reactions.c.outcome).order_by(reactions.c.at, reactions.c.command_id)
        with self.runtime.engine.connect() as db:
            return [tuple(row) for row in db.execute(asked)]


@contextmanager
def open_world(directory: Path) -> Iterator[World]:
    """Set support to work at noon of 1 March 2026, until the block ends; nothing has happened."""
    settings = Settings(database_url=f"sqlite:///{directory / 'support.db'}", partitions=PARTITIONS)
    with client(SERVICE, directory, settings=settings, clock=lambda: world.now) as web:
        world = World(web, runtime_behind(web, settings, lambda: world.now))
        world.runtime.migrate()
        asyncio.run(world.runtime.create_topics())
        yield world

"""A world that tells things apart: six customers and four ways down from one headquarters, with all that happened."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from crm_chassis.runtime import ServiceRuntime
from crm_chassis.testing import NOON, PARTITIONS, Client, client, runtime_behind, said_by, settle
from crm_contacts.service import SERVICE
from crm_contacts.settings import Settings
from crm_eventlog.envelope import CloudEvent

LEARNED = NOON + timedelta(hours=30)
GUANGZHOU = {"country": "CN", "region": "广东", "city": "广州", "street": "天河路 1", "postcode": "510000"}
SHENZHEN = {"country": "CN", "region": "广东", "city": "深圳", "street": "深南大道 2", "postcode": "518000"}
SHANGHAI = {"country": "CN", "region": "上海", "city": "上海", "street": "南京路 3", "postcode": ""}
BERLIN = {"country": "DE", "region": "", "city": "Berlin", "street": "Torstr. 4", "postcode": "10119"}
CHEN_LI, ADA, TRADER, LI, ZHI, OTTO = (f"00000000-0000-0000-0000-{number:012}" for number in range(1, 7))

# Code: kind, store kind, ownership, the unit above, city.
UNITS: dict[str, tuple[str, str | None, str, str | None, str]] = {
    "HQ": ("headquarters", None, "own", None, "北京"),
    "South": ("branch", None, "own", "HQ", "广州"),
    "gz": ("office", None, "own", "South", "广州"),
    "tianhe": ("store", "street", "own", "gz", "广州"),
    "mall": ("store", "counter", "franchised", "gz", "广州"),
    "sh": ("office", None, "own", "HQ", "上海"),
    "bund": ("store", "shop_in_shop", "franchised", "sh", "上海"),
    "web": ("store", "street", "own", "hq", "深圳"),
    "East": ("region", None, "own", "HQ", "上海"),
    "pudong": ("store", "street", "own", "East", "上海"),
}


def days_ago(number: float) -> datetime:
    """Give the moment so many days before noon of 1 March 2026, UTC."""
    return NOON - timedelta(days=number)


def unit(code: str) -> dict[str, Any]:
    """Write the command that opens a unit."""
    kind, store_kind, ownership, parent, city = UNITS[code]
    words = {"code": code, "name": {"en": f"{code} unit", "zh": f"{code}店"}, "kind": kind, "city": city}
    more = (("store_kind", store_kind), ("ownership", ownership), ("parent_code", parent))
    return {**words, **{key: value for key, value in more if value}}


@dataclass
class World:
    """Contacts with their store, log, read models and web face, all of them real."""

    web: Client
    runtime: ServiceRuntime
    numbers: Iterator[int] = field(default_factory=count)

    def ask(self, name: str, /, *, at: datetime, by: str = "lin.mei", unit: str = "tianhe", **body: Any) -> str:
        """Ask a command that must succeed, as it happened, and once more because its answer was lost; return the id."""
        headers = {"crm_occurred_at": at.isoformat(), "crm_actor": by, "crm_unit": unit}
        headers["idempotency_key"] = f"command {next(self.numbers)}"
        answer, again = (self.web.command(name, body, **headers) for _ in range(2))
        assert answer.status_code == 201, answer.text
        assert (again.json()["id"], again.json()["repeated"]) == (answer.json()["id"], True)
        return str(answer.json()["id"])

    def get(self, path: str, **asked_for: Any) -> Any:
        """Read a route."""
        answer = self.web.get(path, params=asked_for)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def pages(self, path: str, **asked_for: Any) -> list[Any]:
        """Read every page, two rows at a time."""
        seen: list[Any] = []
        while True:
            page = self.get(path, limit=2, **asked_for)
            seen += page["items"]
            assert page["next"] is None or len(page["items"]) == 2
            if page["next"] is None:
                return seen
            asked_for["cursor"] = page["next"]

    def settle(self) -> None:
        """Relay and project until nothing is left to do."""
        settle(self.runtime)

    def published(self) -> list[CloudEvent]:
        """Read the events on contacts' topic, in the order of its partitions."""
        return said_by(self.runtime)


@contextmanager
def at_work(directory: Path) -> Iterator[World]:
    """Set contacts to work; they learn everything the day after noon of 1 March 2026, and nothing has happened."""
    settings = Settings(database_url=f"sqlite:///{directory / 'contacts.db'}", partitions=PARTITIONS)
    with client(SERVICE, directory, settings=settings, clock=lambda: LEARNED) as web:
        world = World(web, runtime_behind(web, settings, lambda: LEARNED))
        world.runtime.migrate()
        asyncio.run(world.runtime.create_topics())
        yield world


def furnish(world: World) -> None:
    """Let everything happen: who is registered and corrected, met, asked for consent and listed, and what is opened."""
    _registered(world)
    _corrected_and_listed(world)
    _asked_for_consent(world)
    _met(world)
    for number, code in enumerate(UNITS):
        world.ask("open-unit", at=days_ago(400 - number), by="zhao.min", unit="HQ", **unit(code))
    world.settle()


def _registered(world: World) -> None:
    chen: dict[str, Any] = {
        "phones": ["138 0013 8000", "+86 139 0013 9000"],
        "emails": ["Chen.Li@EXAMPLE.com", "li@example.cn"],
    }
    world.ask(
        "register-customer",
        at=days_ago(30),
        customer_id=CHEN_LI,
        name="陈丽",
        form_of_address="女士",
        addresses=[GUANGZHOU, SHENZHEN],
        birthday="1990-05-17",
        **chen,
    )
    ada: dict[str, Any] = {
        "form_of_address": "Ms",
        "language": "en",
        "region": "HK",
        "phones": ["2345 6789"],
        "addresses": [SHANGHAI],
    }
    world.ask("register-customer", at=days_ago(29), by="wang.lei", customer_id=ADA, name="Ada Wu", **ada)
    _registered_elsewhere(world)


def _registered_elsewhere(world: World) -> None:
    """Register a company at the Bund, and four rows of a file of which one is known."""
    company: dict[str, Any] = {"kind": "company", "name": "天河贸易有限公司", "emails": ["office@tianhe.example.com"]}
    world.ask("register-customer", at=days_ago(28), unit="bund", customer_id=TRADER, **company)
    rows = [
        {"customer_id": CHEN_LI, "name": "Somebody else"},
        {"customer_id": LI, "name": "陈立", "addresses": [{**SHENZHEN, "street": "", "postcode": ""}]},
        {"customer_id": ZHI, "name": "陈志", "addresses": [SHANGHAI, GUANGZHOU], "birthday": "1985-12-31"},
        {"customer_id": OTTO, "name": "Otto Lindner", "language": "en", "region": "DE", "phones": ["030 1234567"]},
    ]
    world.ask("register-customers", at=days_ago(27), customers=rows)


def _corrected_and_listed(world: World) -> None:
    moved: dict[str, Any] = {
        "reason": "Moved",
        "addresses": [BERLIN],
        "phones": ["2345 6780"],
        "region": "HK",
        "birthday": "1979-02-03",
    }
    world.ask("correct-details", at=days_ago(5), customer_id=ADA, **moved)
    other: dict[str, Any] = {
        "name": "Otto Lind",
        "form_of_address": "Herr",
        "language": "zh",
        "emails": ["otto@example.de"],
    }
    world.ask("correct-details", at=days_ago(4), by="wang.lei", customer_id=OTTO, reason="Misheard", **other)
    world.ask("correct-details", at=days_ago(3), customer_id=ZHI, reason="Not his", birthday=None)
    for listing, reason, days in (("red", "Buys for a school", 9), ("general", "The school closed", 2)):
        world.ask("list-importance", at=days_ago(days), customer_id=CHEN_LI, listing=listing, reason=reason)
    world.ask("list-importance", at=days_ago(8), customer_id=TRADER, listing="black", reason="Never pays")


def _asked_for_consent(world: World) -> None:
    text = "我同意接收邮件。"
    for channel, days in (("email", 20), ("sms", 19), ("post", 18)):
        asked = {"channel": channel, "text_shown": f"{text} {channel}", "language": "zh"}
        world.ask("give-consent", at=days_ago(days), customer_id=CHEN_LI, **asked)
    by_phone = {"channel": "phone", "text_shown": "You may call me.", "language": "en"}
    world.ask("give-consent", at=days_ago(17), by="wang.lei", customer_id=ADA, **by_phone)
    withdrawal = {"channel": "sms", "reason": "Too many messages"}
    world.ask("withdraw-consent", at=days_ago(10), by="zhao.min", customer_id=CHEN_LI, **withdrawal)


def _met(world: World) -> None:
    """Let her be met four times, the first and the last reported in between; Ada once."""
    for number, (channel, direction, days, learned) in enumerate(
        [("store", "in", 12, None), ("web", "in", 1, "Wants a large screen"), ("mail", "out", 25, None)], start=1
    ):
        touch: dict[str, Any] = {
            "channel": channel,
            "direction": direction,
            "place": f"{channel} {number}",
            "learned": learned,
        }
        subject = {"touch_id": f"00000000-00aa-0000-0000-{number:012x}", "subject": f"Meeting {number}"}
        world.ask("record-touch", at=days_ago(days), unit="bund", customer_id=CHEN_LI, **touch, **subject)
    call = {"channel": "call_centre", "direction": "in", "place": "hotline", "subject": "Asked for a price"}
    world.ask("record-touch", at=days_ago(7), by="wang.lei", customer_id=CHEN_LI, **call)
    world.ask("record-touch", at=days_ago(6), customer_id=ADA, **{**call, "channel": "field", "direction": "out"})

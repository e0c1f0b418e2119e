"""Public events of contacts' world, whole, as they lie on the topic."""

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from services.contacts.tests.bodies import UNITS_SHOWN
from services.contacts.tests.world import (
    ADA,
    BERLIN,
    CHEN_LI,
    GUANGZHOU,
    LEARNED,
    LI,
    OTTO,
    SHANGHAI,
    SHENZHEN,
    TRADER,
    UNITS,
    ZHI,
    World,
    days_ago,
)

Event = tuple[str, datetime, str, str, dict[str, Any]]
TOUCHES = "00000000-00aa-0000-0000-00000000000"


def registered(days: float, name: str, *, by: str = "lin.mei", unit: str = "tianhe", **known: Any) -> Event:
    """Write the registration of somebody new."""
    blank = {"kind": "person", "form_of_address": "", "phones": [], "emails": [], "addresses": [], "language": "zh"}
    return "CustomerRegistered", days_ago(days), by, unit, {"name": name, "birthday": None, **blank, **known}


def corrected(days: float, by: str, reason: str, before: dict[str, Any], after: dict[str, Any]) -> Event:
    return "DetailsCorrected", days_ago(days), by, "tianhe", {"before": before, "after": after, "reason": reason}


def listed(days: float, before: str, listing: str, reason: str) -> Event:
    what = {"before": before, "listing": listing, "reason": reason}
    return "ImportanceListed", days_ago(days), "lin.mei", "tianhe", what


def given(days: float, by: str, channel: str, text_shown: str, language: str) -> Event:
    what = {"channel": channel, "text_shown": text_shown, "language": language}
    return "ConsentGiven", days_ago(days), by, "tianhe", what


def touched(days: float, by: str, unit: str, *what: str | None) -> Event:
    names = ("touch_id", "channel", "place", "direction", "subject", "learned")
    return "CustomerTouched", days_ago(days), by, unit, dict(zip(names, what, strict=True))


EVENTS: dict[str, list[Event]] = {
    CHEN_LI: [
        registered(
            30,
            "陈丽",
            form_of_address="女士",
            phones=["+8613800138000", "+8613900139000"],
            emails=["Chen.Li@example.com", "li@example.cn"],
            addresses=[GUANGZHOU, SHENZHEN],
            birthday="1990-05-17",
        ),
        listed(9, "general", "red", "Buys for a school"),
        listed(2, "red", "general", "The school closed"),
        given(20, "lin.mei", "email", "我同意接收邮件。 email", "zh"),
        given(19, "lin.mei", "sms", "我同意接收邮件。 sms", "zh"),
        given(18, "lin.mei", "post", "我同意接收邮件。 post", "zh"),
        ("ConsentWithdrawn", days_ago(10), "zhao.min", "tianhe", {"channel": "sms", "reason": "Too many messages"}),
        touched(12, "lin.mei", "bund", f"{TOUCHES}1", "store", "store 1", "in", "Meeting 1", None),
        touched(1, "lin.mei", "bund", f"{TOUCHES}2", "web", "web 2", "in", "Meeting 2", "Wants a large screen"),
        touched(25, "lin.mei", "bund", f"{TOUCHES}3", "mail", "mail 3", "out", "Meeting 3", None),
        touched(
            7,
            "wang.lei",
            "tianhe",
            "70df2918-b9c4-5d68-bc44-cf1b0350539e",
            "call_centre",
            "hotline",
            "in",
            "Asked for a price",
            None,
        ),
    ],
    ADA: [
        registered(
            29,
            "Ada Wu",
            by="wang.lei",
            form_of_address="Ms",
            language="en",
            phones=["+85223456789"],
            addresses=[SHANGHAI],
        ),
        corrected(
            5,
            "lin.mei",
            "Moved",
            {"phones": ["+85223456789"], "addresses": [SHANGHAI], "birthday": None},
            {"phones": ["+85223456780"], "addresses": [BERLIN], "birthday": "1979-02-03"},
        ),
        given(17, "wang.lei", "phone", "You may call me.", "en"),
        touched(
            6,
            "lin.mei",
            "tianhe",
            "82924f08-ffd8-5f59-a02b-a8b22524c9df",
            "field",
            "hotline",
            "out",
            "Asked for a price",
            None,
        ),
    ],
    TRADER: [
        registered(28, "天河贸易有限公司", unit="bund", kind="company", emails=["office@tianhe.example.com"]),
        listed(8, "general", "black", "Never pays"),
    ],
    LI: [registered(27, "陈立", addresses=[{**SHENZHEN, "street": "", "postcode": ""}])],
    ZHI: [
        registered(27, "陈志", addresses=[SHANGHAI, GUANGZHOU], birthday="1985-12-31"),
        corrected(3, "lin.mei", "Not his", {"birthday": "1985-12-31"}, {"birthday": None}),
    ],
    OTTO: [
        registered(27, "Otto Lindner", language="en", phones=["+49301234567"]),
        corrected(
            4,
            "wang.lei",
            "Misheard",
            {"name": "Otto Lindner", "form_of_address": "", "emails": [], "language": "en"},
            {"name": "Otto Lind", "form_of_address": "Herr", "emails": ["otto@example.de"], "language": "zh"},
        ),
    ],
}


def events_of(world: World, key: str) -> list[Event]:
    """Read the events under this key, without the key itself."""
    events = [event for event in world.published() if event.partition_key == UUID(key)]
    assert {(event.recorded_at, event.source, event.role) for event in events} == {(LEARNED, "contacts", "clerk")}
    return [
        (
            event.type.split(".")[2],
            event.time,
            event.actor,
            event.unit,
            event.data.model_dump(mode="json", exclude={"customer_id"}),
        )
        for event in events
    ]


@pytest.mark.parametrize("customer_id", EVENTS)
def test_everything_about_a_customer_is_published_once_in_the_order_it_was_learned(
    world: World, customer_id: str
) -> None:
    assert events_of(world, customer_id) == EVENTS[customer_id]


def test_every_unit_is_published_as_opened_when_it_was(world: World) -> None:
    for number, code in enumerate(UNITS):
        shown = {name: value for name, value in UNITS_SHOWN[code].items() if name != "opened_at"}
        opened = ("UnitOpened", days_ago(400 - number), "zhao.min", "HQ", shown)
        assert events_of(world, UNITS_SHOWN[code]["unit_id"]) == [opened]


def test_nothing_is_published_under_another_key(world: World) -> None:
    keys = {*map(UUID, EVENTS), *(UUID(unit["unit_id"]) for unit in UNITS_SHOWN.values())}

    assert {event.partition_key for event in world.published()} == keys

"""Bodies that contacts' world shows, whole: the card of every customer, and every unit in the order of its code."""

from typing import Any

from services.contacts.tests.world import (
    ADA,
    BERLIN,
    CHEN_LI,
    GUANGZHOU,
    LI,
    OTTO,
    SHANGHAI,
    SHENZHEN,
    TRADER,
    UNITS,
    ZHI,
    days_ago,
)


def text(days: float) -> str:
    """Write the moment so many days before noon as a body shows it."""
    return days_ago(days).isoformat().replace("+00:00", "Z")


def _card(customer_id: str, name: str, days: float, **more: Any) -> dict[str, Any]:
    """Write the card of somebody of whom nothing else is known."""
    blank: dict[str, Any] = {
        "version": 1,
        "kind": "person",
        "form_of_address": "",
        "phones": [],
        "emails": [],
        "addresses": [],
        "language": "zh",
        "birthday": None,
        "importance": "general",
        "importance_reason": None,
        "consents": {},
        "touches": 0,
        "first_touch": None,
        "last_touch": None,
    }
    return {"customer_id": customer_id, "name": name, "registered_at": text(days), **blank, **more}


def _given(channel: str, days: float, by: str, shown: str, language: str) -> dict[str, Any]:
    given = {"given": True, "at": text(days), "by": by, "text_shown": shown, "language": language, "reason": None}
    return {channel: given}


def _withdrawn(channel: str, days: float, by: str, reason: str) -> dict[str, Any]:
    nothing = {"text_shown": None, "language": None}
    return {channel: {"given": False, "at": text(days), "by": by, "reason": reason, **nothing}}


MAIL = {
    "touch_id": "00000000-00aa-0000-0000-000000000003",
    "channel": "mail",
    "place": "mail 3",
    "direction": "out",
    "subject": "Meeting 3",
    "learned": None,
    "at": text(25),
    "by": "lin.mei",
    "unit": "bund",
}
WEB = {
    "touch_id": "00000000-00aa-0000-0000-000000000002",
    "channel": "web",
    "place": "web 2",
    "direction": "in",
    "subject": "Meeting 2",
    "learned": "Wants a large screen",
    "at": text(1),
    "by": "lin.mei",
    "unit": "bund",
}
VISIT = {
    "touch_id": "82924f08-ffd8-5f59-a02b-a8b22524c9df",
    "channel": "field",
    "place": "hotline",
    "direction": "out",
    "subject": "Asked for a price",
    "learned": None,
    "at": text(6),
    "by": "lin.mei",
    "unit": "tianhe",
}
# In the order in which everybody is shown: by pinyin, English names among the Chinese.
CARDS: dict[str, dict[str, Any]] = {
    card["customer_id"]: card
    for card in (
        _card(
            ADA,
            "Ada Wu",
            29,
            version=2,
            form_of_address="Ms",
            phones=["+85223456780"],
            addresses=[BERLIN],
            language="en",
            birthday="1979-02-03",
            consents=_given("phone", 17, "wang.lei", "You may call me.", "en"),
            touches=1,
            first_touch=VISIT,
            last_touch=VISIT,
        ),
        _card(
            CHEN_LI,
            "陈丽",
            30,
            version=3,
            form_of_address="女士",
            phones=["+8613800138000", "+8613900139000"],
            emails=["Chen.Li@example.com", "li@example.cn"],
            addresses=[GUANGZHOU, SHENZHEN],
            birthday="1990-05-17",
            importance_reason="The school closed",
            consents=_given("email", 20, "lin.mei", "我同意接收邮件。 email", "zh")
            | _withdrawn("sms", 10, "zhao.min", "Too many messages")
            | _given("post", 18, "lin.mei", "我同意接收邮件。 post", "zh"),
            touches=4,
            first_touch=MAIL,
            last_touch=WEB,
        ),
        _card(LI, "陈立", 27, addresses=[{**SHENZHEN, "street": "", "postcode": ""}]),
        _card(ZHI, "陈志", 27, version=2, addresses=[SHANGHAI, GUANGZHOU]),
        _card(
            OTTO,
            "Otto Lind",
            27,
            version=2,
            form_of_address="Herr",
            phones=["+49301234567"],
            emails=["otto@example.de"],
        ),
        _card(
            TRADER,
            "天河贸易有限公司",
            28,
            version=2,
            kind="company",
            emails=["office@tianhe.example.com"],
            importance="black",
            importance_reason="Never pays",
        ),
    )
}
_UNIT_IDS = {
    "bund": "75709401-7a81-53bd-8efd-e05190a773ff",
    "East": "92f0ddba-78f9-5a6f-9590-0bd4efb7a2ec",
    "gz": "e0a3424a-eb33-5057-b620-f6f119bcf71a",
    "HQ": "71e682ae-0711-55ed-bdf3-04e22d9ea715",
    "mall": "c4c47797-1cee-5e62-9495-75c6bf1af050",
    "pudong": "4cf5f283-3e97-5fe8-8f99-4f2cf33558b6",
    "sh": "9d3131ff-7fcc-5ecd-9407-92838ca00c45",
    "South": "3680e2c5-4d62-58ae-82e5-ba83584d2632",
    "tianhe": "a6f85224-382d-5f47-a7a2-ccf1c6b80e67",
    "web": "d64ff0e9-54c2-5aec-a581-77a5bded5f4a",
}
ABOVE = {
    "HQ": [],
    "South": ["HQ"],
    "gz": ["HQ", "South"],
    "tianhe": ["HQ", "South", "gz"],
    "mall": ["HQ", "South", "gz"],
    "sh": ["HQ"],
    "bund": ["HQ", "sh"],
    "web": ["HQ"],
    "East": ["HQ"],
    "pudong": ["HQ", "East"],
}
UNITS_SHOWN: dict[str, dict[str, Any]] = {
    code: {
        "unit_id": unit_id,
        "code": code,
        "name": {"en": f"{code} unit", "zh": f"{code}店"},
        "kind": UNITS[code][0],
        "store_kind": UNITS[code][1],
        "ownership": UNITS[code][2],
        "parent_code": ABOVE[code][-1] if ABOVE[code] else None,
        "city": UNITS[code][4],
        "opened_at": text(400 - list(UNITS).index(code)),
    }
    for code, unit_id in _UNIT_IDS.items()
}

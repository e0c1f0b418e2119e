"""Variants of every event: each field of the golden one in turn with another value that is told in other words."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from pydantic import ValidationError

from crm_events import EVENTS, Money, PublicEvent
from crm_events.contacts.vocabulary import DETAILS
from crm_events.loyalty.vocabulary import LEVELS
from crm_events.sales.vocabulary import LEAD_SOURCES, STAGES
from crm_events.sentences.codes import CURRENCIES, RULES
from crm_events.support.vocabulary import DESKS
from shared.history.tests.telling import golden

MONEY = {"expected": (*CURRENCIES, "THB")}
VALUES: dict[type, list[Any]] = {
    bool: [False, True],
    int: [0, 1],
    timedelta: [timedelta(minutes=59), timedelta(hours=25, minutes=1), timedelta(days=2), timedelta(hours=-1)],
    date: [date(2027, month, month + 1) for month in range(1, 13)],
}
# Fields whose codes a company chooses itself, and the words for those that most of them use.
CODES = {
    "level": LEVELS,
    "source": LEAD_SOURCES,
    "rule": RULES,
    "desk": DESKS,
    "before": STAGES,
    "after": STAGES,
    "stage": STAGES,
}


def variants() -> Iterator[tuple[str, PublicEvent]]:
    """Yield every event, and each variant of it under the name `type of event, field=value`."""
    for name in EVENTS:
        event = golden(name)
        for field in sorted(type(event).model_fields):
            for value in _others(event, field):
                with suppress(ValidationError):
                    yield f"{name}, {field}={_named(value)}", _with(event, field, value)


def _with(event: PublicEvent, field: str, value: Any) -> PublicEvent:
    """Write the event with this value; `ValidationError` where its contract forbids it."""
    return type(event).model_validate({**dict(event), field: value})


def _others(event: PublicEvent, field: str) -> list[Any]:
    value = getattr(event, field)
    annotation = str(type(event).model_fields[field].annotation)
    nothing = [None] if "None" in annotation and value is not None else []
    return nothing + _of_its_type(field, value)


def _of_its_type(field: str, value: Any) -> list[Any]:
    match value:
        case StrEnum():
            return list(type(value))
        case tuple() if value:
            return [value * number for number in (2, 3, 5)]
        case dict() if field == "after":
            return [{each: [{"city": "广州"}, "x", None]} for each in DETAILS]
        case Money():
            return [Money(amount=Decimal("1234.50"), currency=each) for each in MONEY.get(field, ["HKD"])]
    return [*(CODES.get(field, ()) if type(value) is str else VALUES.get(type(value), ()))]


def _named(value: Any) -> str:
    match value:
        case None:
            return "nothing"
        case tuple():
            return f"{len(value)} lines"
        case dict():
            return str(next(iter(value)))
        case Money():
            return f"{value.currency} {value.amount}"
    return str(value)

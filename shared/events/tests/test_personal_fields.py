"""Every text of an event is personal, a code or a name: a text that nobody marked is caught, wherever it lies."""

from collections.abc import Iterator
from enum import Enum
from typing import Annotated, Any, get_args, get_origin

import pytest
from pydantic import BaseModel, JsonValue, StringConstraints

from crm_events import EVENTS, CustomerEvent, Personal, Value
from crm_events.values import Code, FieldClass, LocalizedText, Money, Name, models_within

MARKS = (Personal, Code, Name, StringConstraints)


def is_text(annotation: Any) -> bool:
    """Return a text without a mark, or a collection of such texts; a member of a list is not free."""
    if get_origin(annotation) is Annotated:
        return not any(isinstance(mark, MARKS) for mark in annotation.__metadata__) and is_text(get_args(annotation)[0])
    if isinstance(annotation, type) and issubclass(annotation, str):
        return not issubclass(annotation, Enum)
    return annotation is JsonValue or any(is_text(argument) for argument in get_args(annotation))


def unmarked(model: type[BaseModel], path: str = "") -> Iterator[str]:
    """Yield the texts of an event, and of every value in it, that carry no mark."""
    for name, field in model.model_fields.items():
        if any(isinstance(mark, MARKS) for mark in field.metadata):
            continue
        if is_text(field.annotation):
            yield f"{path}{name}"
        for part in models_within(field.annotation):
            yield from unmarked(part, f"{path}{name}.")


@pytest.mark.parametrize("type", EVENTS)
def test_every_text_of_an_event_says_what_it_is(type: str) -> None:
    assert list(unmarked(EVENTS[type])) == []


class Courier(Value):
    """A value whose text nobody marked."""

    name: str
    plate: Annotated[str, Code()]


class ParcelLost(CustomerEvent):
    """An event with texts that nobody marked, beside some that somebody did."""

    remark: str | None = None
    stops: tuple[str, ...] = ()
    couriers: tuple[Courier, ...] = ()
    before: dict[str, JsonValue] = {}
    value: Money
    label: LocalizedText
    rate: Annotated[str, Code()] | None = None
    note: Annotated[str, Personal("note")]


def test_a_text_that_nobody_marked_is_caught_wherever_it_lies() -> None:
    assert list(unmarked(ParcelLost)) == ["remark", "stops", "couriers.name", "before"]


def test_every_class_of_personal_data_is_one_of_the_five() -> None:
    marks = [
        mark
        for event in EVENTS.values()
        for field in event.model_fields.values()
        for mark in field.metadata
        if isinstance(mark, Personal)
    ]

    assert {mark.field_class for mark in marks} <= set(get_args(FieldClass))
    assert len(marks) > 30

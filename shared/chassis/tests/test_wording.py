"""Validation errors of pydantic in Chinese, with their values."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from string import Formatter
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from pydantic import AnyHttpUrl, AwareDatetime, Field, FutureDate, PastDatetime, TypeAdapter, ValidationError
from pydantic_core._pydantic_core import list_all_errors

from crm_chassis.web.validation_messages import RULES_ZH, UNLISTED_ZH, WAYS_OUT, hint_of, rule_of
from crm_kernel import LocalizedText

KNOWN = {error["type"]: error for error in list_all_errors()}


class Colour(StrEnum):
    RED = "red"


MISTAKES: list[tuple[Any, Any]] = [
    (str, 1),
    (Annotated[str, Field(min_length=2)], "a"),
    (Annotated[str, Field(max_length=2)], "abc"),
    (Annotated[str, Field(pattern="^a$")], "b"),
    (int, "x"),
    (int, 1.5),
    (int, None),
    (Annotated[int, Field(gt=1)], 1),
    (Annotated[int, Field(ge=1)], 0),
    (Annotated[int, Field(lt=1)], 1),
    (Annotated[int, Field(le=1)], 2),
    (Annotated[int, Field(multiple_of=2)], 3),
    (float, "x"),
    (bool, "maybe"),
    (Decimal, "x"),
    (Decimal, []),
    (Decimal, "NaN"),
    (Annotated[Decimal, Field(max_digits=2)], "1.23"),
    (Annotated[Decimal, Field(decimal_places=1)], "1.23"),
    (Annotated[Decimal, Field(max_digits=3, decimal_places=2)], "12.3"),
    (UUID, "x"),
    (UUID, 1),
    (Colour, "blue"),
    (Literal["a", "b"], "c"),
    (date, "x"),
    (date, "2026-01-01T10:00:00"),
    (date, []),
    (FutureDate, "2000-01-01"),
    (datetime, "x"),
    (datetime, []),
    (AwareDatetime, "2026-01-01T10:00:00"),
    (PastDatetime, "9000-01-01T10:00:00"),
    (timedelta, "x"),
    (list[int], 1),
    (tuple[int, ...], "x"),
    (frozenset[int], 1),
    (dict[str, int], 1),
    (Annotated[list[int], Field(min_length=1)], []),
    (Annotated[list[int], Field(max_length=1)], [1, 2]),
    (AnyHttpUrl, "x"),
    (AnyHttpUrl, "ftp://example.com"),
    (AnyHttpUrl, 1),
]


@pytest.mark.parametrize(("kind", "value"), MISTAKES, ids=repr)
def test_what_a_caller_can_get_wrong_is_said_in_chinese(kind: Any, value: Any) -> None:
    with pytest.raises(ValidationError) as found:
        TypeAdapter(kind).validate_python(value)

    for error in found.value.errors():
        rule = rule_of(error)
        assert rule.zh not in (UNLISTED_ZH, rule.en), error["type"]
        assert "{" not in rule.zh


@pytest.mark.parametrize("kind", sorted(RULES_ZH))
def test_a_chinese_rule_names_only_what_its_error_tells(kind: str) -> None:
    named = {name for _, name, _, _ in Formatter().parse(RULES_ZH[kind]) if name}

    assert named <= set(KNOWN[kind]["example_context"] or {})


def test_a_plain_value_error_is_said_without_its_type() -> None:
    error = {"type": "value_error", "loc": ("body", "words"), "msg": "Value error, too loud", "input": 1}

    assert rule_of(error) == LocalizedText("too loud.", UNLISTED_ZH)


def test_an_error_of_a_later_pydantic_is_said_in_general_words() -> None:
    error = {"type": "of_a_later_day", "loc": ("body", "words"), "msg": "Later", "input": 1}

    assert rule_of(error) == LocalizedText("Later.", UNLISTED_ZH)
    assert hint_of(error).en
    assert hint_of(error).zh


def test_ways_out_belong_to_errors_that_exist() -> None:
    assert set(WAYS_OUT) <= set(KNOWN)

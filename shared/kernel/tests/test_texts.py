"""Texts in both languages, labels of enum members, and errors that name a way out."""

from datetime import timedelta

import pytest

from crm_kernel import CHINA, DomainError, Labelled, Language, LocalizedText, NotFound


class Urgency(Labelled):
    LOW = "low", "low", "低"
    VERY_HIGH = "very_high"


class TooSoon(DomainError):
    message = LocalizedText("It is too soon.", "时间未到。")
    hint = LocalizedText("Try again tomorrow.", "请明天再试。")


def test_a_text_is_read_in_the_readers_language() -> None:
    text = LocalizedText("shoes", "鞋")

    assert [text.in_language(each) for each in (Language.EN, Language.ZH, "zh", "fr")] == ["shoes", "鞋", "鞋", "shoes"]


def test_a_labelled_member_is_its_value_and_carries_its_words() -> None:
    assert Urgency("low") is Urgency.LOW
    assert [str(each) for each in Urgency] == ["low", "very_high"]
    assert [each.label for each in Urgency] == [LocalizedText("low", "低"), LocalizedText("very high", "very_high")]


def test_an_error_names_the_field_the_value_the_rule_and_the_way_out() -> None:
    with pytest.raises(TooSoon, match="TooSoon") as rejected:
        raise TooSoon("due_on", "2026-01-01")

    assert (rejected.value.field, rejected.value.value) == ("due_on", "2026-01-01")
    assert str(rejected.value) == "TooSoon: due_on='2026-01-01'. It is too soon. Try again tomorrow."
    assert str(NotFound("case_id", 7)) == "NotFound: case_id=7. No record with this id exists. " + NotFound.hint.en


def test_the_day_in_china_begins_eight_hours_before_utc() -> None:
    assert (CHINA.utcoffset(None), str(CHINA)) == (timedelta(hours=8), "China")

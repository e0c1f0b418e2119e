"""An old record is read as the newest version of its event; a newer one waits, an unknown one passes by."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from crm_events import parse, support
from crm_events.event import PublicEvent
from crm_events.values import Money
from crm_events.versions import NewerVersion, UpcasterMissing, Versions


def first() -> type[PublicEvent]:
    class ThingSold(PublicEvent):
        """Something was sold, for so many yuan."""

        thing: str
        yuan: int

    return ThingSold


def second() -> type[PublicEvent]:
    class ThingSold(PublicEvent):
        """Something was sold, in any currency."""

        VERSION = 2

        thing: str
        price: Money

        @staticmethod
        def upcast_v1_v2(raw: dict[str, Any]) -> None:
            raw["price"] = {"amount": str(raw.pop("yuan")), "currency": "CNY"}

    return ThingSold


def third() -> type[PublicEvent]:
    class ThingSold(second()):  # type: ignore[misc]
        """Something was sold to somebody."""

        VERSION = 3

        buyer: str

        @staticmethod
        def upcast_v2_v3(raw: dict[str, Any]) -> None:
            raw["buyer"] = "unknown"

    return ThingSold


V1, V2, V3 = "crm.test_versions.ThingSold.v1", "crm.test_versions.ThingSold.v2", "crm.test_versions.ThingSold.v3"
SAID_BEFORE = '{"thing":"手机","yuan":4999,"till":"3"}'


@pytest.fixture
def both() -> Versions:
    return Versions([first(), second()])


def test_a_record_of_the_first_version_is_read_as_the_second_that_stands_beside_it(both: Versions) -> None:
    sold = both.parse(V1, SAID_BEFORE)

    assert sold is not None
    assert (sold.TYPE, sold.model_dump(mode="json")) == (
        V2,
        {"thing": "手机", "price": {"amount": "4999", "currency": "CNY"}},
    )


def test_a_record_of_the_newest_version_is_read_as_it_is(both: Versions) -> None:
    said = '{"thing":"手机","price":{"amount":"12.50","currency":"EUR"}}'

    sold = both.parse(V2, said)

    assert sold is not None
    assert sold.model_dump_json() == said


def test_the_first_version_needs_no_class_any_more() -> None:
    sold = Versions([second()]).parse(V1, SAID_BEFORE)

    assert sold is not None
    assert sold.TYPE == V2


def test_upcasters_follow_each_other_to_the_newest() -> None:
    versions = Versions([third()])

    sold = versions.parse(V1, SAID_BEFORE)

    assert sold is not None
    assert json.loads(sold.model_dump_json()) == {
        "thing": "手机",
        "price": {"amount": "4999", "currency": "CNY"},
        "buyer": "unknown",
    }


def test_what_an_upcaster_leaves_wrong_is_refused_as_in_any_record(both: Versions) -> None:
    with pytest.raises(ValidationError, match="price"):
        both.parse(V1, '{"thing":"手机","yuan":"dear"}')


def test_a_missing_upcaster_is_named() -> None:
    class ThingSold(PublicEvent):
        """Something was sold, and nobody thought of what was said before."""

        VERSION = 2

        price: Money

    versions = Versions([ThingSold])

    with pytest.raises(UpcasterMissing, match="upcast_v1_v2"):
        versions.parse(V1, SAID_BEFORE)


def test_a_version_newer_than_this_reader_is_refused_by_name_and_not_passed_by(both: Versions) -> None:
    with pytest.raises(NewerVersion, match=r"ThingSold\.v3 is newer than version 2"):
        both.parse(V3, "{}")

    with pytest.raises(NewerVersion):
        parse("crm.support.ComplaintFiled.v99", b"{}")


@pytest.mark.parametrize("type", ["crm.support.NeverHeardOf.v1", "crm.support.NeverHeardOf.v7", "com.else.Thing", ""])
def test_an_event_of_a_name_that_nobody_here_knows_passes_by(both: Versions, type: str) -> None:
    assert both.parse(type, b"not even json") is None
    assert parse(type, b"not even json") is None


def test_the_newest_class_is_found_by_any_version_of_the_type(both: Versions) -> None:
    found = both.newest(V1)

    assert found is not None
    assert found.VERSION == 2
    assert Versions([support.CaseResolved]).newest("crm.support.CaseResolved.v1") is support.CaseResolved

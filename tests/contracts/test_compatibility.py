"""Each way to break an older reader or an older record is noticed by name, and growing is not."""

from collections.abc import Callable
from copy import deepcopy
from enum import StrEnum
from typing import Annotated, Any

import pytest
from pydantic import Field

from crm_events.event import PublicEvent, Value
from crm_events.json_schema import event_schema
from crm_events.sales import PaymentTaken
from crm_events.versions import Versions
from tests.contracts.compatibility import (
    DIRECTIONS,
    Direction,
    Incompatibility,
    ReleasedSchema,
    incompatibilities,
    is_upcast,
)
from tests.contracts.schema_diff import Change, differences

TYPE = PaymentTaken.TYPE
Schema = dict[str, Any]


class Colour(StrEnum):
    """A colour."""

    RED = "red"
    BLUE = "blue"


class Part(Value):
    """A part of a thing."""

    name: str
    weight: Annotated[int, Field(ge=1, le=10)] = 1


class ThingMade(PublicEvent):
    """Something was made, of every kind of field that an event may have."""

    thing_id: Annotated[str, Field(pattern="^[A-Z]+$")]
    colour: Colour
    count: Annotated[int, Field(ge=0)]
    remark: str | None = None
    wanted: bool = True
    parts: tuple[Part, ...]
    sizes: dict[str, int]


@pytest.fixture
def released() -> Schema:
    return event_schema(ThingMade)


@pytest.fixture
def today(released: Schema) -> Schema:
    return deepcopy(released)


def found(released: Schema, today: Schema) -> set[tuple[str, Change]]:
    return {(field, change) for field, change, _ in differences(released, today)}


def part(schema: Schema) -> Schema:
    """Return the description of a part of the thing."""
    return schema["$defs"]["Part"]


def without(schema: Schema, name: str) -> Schema:
    """Take this field out of the schema; return how it was described."""
    if name in schema["required"]:
        schema["required"].remove(name)
    return schema["properties"].pop(name)


def renamed(schema: Schema) -> None:
    schema["properties"]["number"] = without(schema, "count")
    schema["required"].append("number")


def required(schema: Schema) -> None:
    schema["properties"]["maker"] = {"type": "string"}
    schema["required"].append("maker")


def nullable(schema: Schema) -> None:
    schema["properties"]["count"] = {"anyOf": [schema["properties"]["count"], {"type": "null"}]}


def not_nullable(schema: Schema) -> None:
    schema["properties"]["remark"] = {"type": "string", "default": None}


BREAKS: list[tuple[Callable[[Schema], Any], str, Change]] = [
    (lambda today: without(today, "count"), "count", Change.FIELD_REMOVED),
    (lambda today: without(today, "remark"), "remark", Change.FIELD_REMOVED),
    (lambda today: without(part(today), "name"), "parts[].name", Change.FIELD_REMOVED),
    (renamed, "count", Change.FIELD_RENAMED),
    (required, "maker", Change.REQUIRED_FIELD_ADDED),
    (lambda today: today["required"].append("wanted"), "wanted", Change.FIELD_MADE_REQUIRED),
    (lambda today: today["required"].remove("count"), "count", Change.FIELD_MADE_OPTIONAL),
    (lambda today: part(today)["required"].remove("name"), "parts[].name", Change.FIELD_MADE_OPTIONAL),
    (lambda today: today["$defs"]["Colour"]["enum"].remove("red"), "colour", Change.VALUE_REMOVED),
    (lambda today: today["$defs"]["Colour"]["enum"].append("green"), "colour", Change.VALUE_ADDED),
    (nullable, "count", Change.MADE_NULLABLE),
    (not_nullable, "remark", Change.NO_LONGER_NULLABLE),
    (lambda today: today["properties"]["wanted"].update(type="string"), "wanted", Change.TYPE_CHANGED),
    (lambda today: today["properties"]["count"].update(type="number"), "count", Change.TYPE_WIDENED),
    (lambda today: today["properties"]["sizes"].pop("additionalProperties"), "sizes.*", Change.TYPE_WIDENED),
    (lambda today: today["properties"]["thing_id"].update(enum=["A"]), "thing_id", Change.TYPE_NARROWED),
    (lambda today: today["$defs"]["Colour"].pop("enum"), "colour", Change.TYPE_WIDENED),
    (lambda today: today["properties"]["count"].update(minimum=1), "count", Change.BOUNDS_TIGHTENED),
    (lambda today: today["properties"]["count"].update(maximum=9), "count", Change.BOUNDS_TIGHTENED),
    (lambda today: part(today)["properties"]["weight"].update(maximum=9), "parts[].weight", Change.BOUNDS_TIGHTENED),
    (lambda today: today["properties"]["count"].pop("minimum"), "count", Change.BOUNDS_LOOSENED),
    (lambda today: part(today)["properties"]["weight"].update(maximum=11), "parts[].weight", Change.BOUNDS_LOOSENED),
    (lambda today: today["properties"]["thing_id"].update(pattern="^.+$"), "thing_id", Change.FORMAT_CHANGED),
    (lambda today: today["properties"]["thing_id"].update(format="uuid"), "thing_id", Change.FORMAT_CHANGED),
    (lambda today: today["properties"]["wanted"].update(default=False), "wanted", Change.DEFAULT_CHANGED),
    (lambda today: today.update(additionalProperties=False), "", Change.CLOSED),
    (lambda today: part(today).update(additionalProperties=False), "parts[]", Change.CLOSED),
]


@pytest.mark.parametrize(
    ("spoil", "field", "change"),
    [
        pytest.param(*case, id=f"{number} {case[1]} {case[2].value}".replace("[]", ""))
        for number, case in enumerate(BREAKS)
    ],
)
def test_a_break_is_named_with_its_field_and_its_rule(
    released: Schema, today: Schema, spoil: Callable[[Schema], Any], field: str, change: Change
) -> None:
    spoil(today)

    assert found(released, today) == {(field, change)}


OPPOSITES = {
    Change.TYPE_NARROWED: lambda today: today["properties"]["count"].update(type="number"),
    Change.NO_LONGER_NULLABLE: nullable,
    Change.FIELD_MADE_REQUIRED: lambda today: today["required"].remove("count"),
    Change.VALUE_REMOVED: lambda today: today["$defs"]["Colour"]["enum"].append("green"),
    Change.VALUE_ADDED: lambda today: today["$defs"]["Colour"]["enum"].remove("red"),
}


@pytest.mark.parametrize(("change", "spoil"), [pytest.param(*case, id=case[0].value) for case in OPPOSITES.items()])
def test_what_one_side_can_bear_the_way_back_breaks(
    released: Schema, today: Schema, change: Change, spoil: Callable[[Schema], Any]
) -> None:
    spoil(today)

    assert {each for _, each in found(today, released)} == {change}


def test_every_rule_has_a_case_that_breaks_it() -> None:
    tried = {change for _, _, change in BREAKS} | set(OPPOSITES)

    assert set(Change) - tried == {Change.EVENT_GONE}
    assert DIRECTIONS.keys() == set(Change)


def test_an_unchanged_schema_breaks_nothing(released: Schema, today: Schema) -> None:
    assert found(released, today) == set()


def test_new_optional_fields_events_words_and_marks_are_growth(released: Schema, today: Schema) -> None:
    today["properties"]["till"] = {"type": "string"}
    part(today)["properties"]["rounded"] = {"type": "boolean"}
    today["description"] = "Said better."
    today["properties"]["thing_id"]["x-personal"] = True

    assert found(released, today) == set()
    assert (
        incompatibilities({TYPE: [ReleasedSchema("1", released)]}, {TYPE: today, "crm.sales.TillOpened.v1": {}}) == []
    )


def test_a_definition_may_change_its_name(released: Schema, today: Schema) -> None:
    today["$defs"]["Piece"] = {**today["$defs"].pop("Part"), "title": "Piece"}
    today["properties"]["parts"]["items"] = {"$ref": "#/$defs/Piece"}

    assert found(released, today) == set()


def test_every_earlier_shape_is_compared_and_a_break_is_named_once_against_the_oldest() -> None:
    first, second = event_schema(PaymentTaken), event_schema(PaymentTaken)
    second["properties"]["till"] = {"type": "string"}
    today = deepcopy(first)
    without(today, "means")

    broken = incompatibilities({TYPE: [ReleasedSchema("0.1.0", first), ReleasedSchema("0.2.0", second)]}, {TYPE: today})

    assert [(each.field, each.release) for each in broken] == [("means", "0.1.0"), ("till", "0.2.0")]


def test_a_break_says_the_event_the_field_the_rule_who_trips_and_the_way_out() -> None:
    broken = Incompatibility(TYPE, "0.1.0", "amount.currency", Change.FIELD_REMOVED, "no longer told")

    assert str(broken) == (
        "crm.sales.PaymentTaken.v1, field amount.currency: field removed (no longer told); "
        "readers of 0.1.0 cannot read it. Way out: leave the field as it was and add an optional one beside it, or "
        "say crm.sales.PaymentTaken.v2 instead: VERSION = 2 and `upcast_v1_v2(raw)` on the class, which mends the raw "
        "dict of an old record (docs/how-to/add-an-event.md)"
    )


@pytest.mark.parametrize("change", Change, ids=lambda each: each.value)
def test_every_rule_shows_a_way_out(change: Change) -> None:
    shown = str(Incompatibility(TYPE, "0.1.0", "", change, "as tried"))

    assert "the event itself" in shown
    assert "upcast_v1_v2" in shown or change is Change.CLOSED


def test_an_event_that_is_gone_is_noticed_unless_a_newer_version_reads_its_records(released: Schema) -> None:
    schemas = {TYPE: [ReleasedSchema("0.1.0", released)]}

    gone = incompatibilities(schemas, {})

    assert [(each.event, each.change, DIRECTIONS[each.change]) for each in gone] == [
        (TYPE, Change.EVENT_GONE, Direction.BACKWARD)
    ]
    assert incompatibilities(schemas, {}, upcast={TYPE}) == []


class ThingSold(PublicEvent):
    """Something was sold, as it is told for the third time."""

    VERSION = 3

    @staticmethod
    def upcast_v1_v2(raw: dict[str, Any]) -> None:
        """Leave an old record as it is."""

    @staticmethod
    def upcast_v2_v3(raw: dict[str, Any]) -> None:
        """Leave an old record as it is."""


class ThingLent(PublicEvent):
    """Something was lent, and nobody thought of the records before."""

    VERSION = 2


def test_records_of_an_older_version_are_read_as_the_newest_where_every_step_is_there() -> None:
    versions = Versions([ThingSold, ThingLent])
    sold, lent = (event.TYPE.rpartition(".")[0] for event in (ThingSold, ThingLent))

    assert is_upcast(f"{sold}.v1", versions)
    assert is_upcast(f"{sold}.v2", versions)
    assert not is_upcast(f"{sold}.v3", versions)
    assert not is_upcast(f"{sold}.v4", versions)
    assert not is_upcast(f"{lent}.v1", versions)
    assert not is_upcast(f"{lent}.v0", versions)
    assert not is_upcast("crm.nobody.ThingStolen.v1", versions)

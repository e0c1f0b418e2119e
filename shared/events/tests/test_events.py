"""Every event is named, explained, closed to its publisher and open to its readers."""

import inspect
import json
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

import pytest
from jsonschema import Draft202012Validator
from jsonschema import ValidationError as SchemaError
from pydantic import ValidationError

from crm_events import (
    EVENTS,
    EVENTS_BY_PUBLISHER,
    PUBLISHERS,
    TOPICS,
    CustomerEvent,
    PublicEvent,
    contacts,
    loyalty,
    marketing,
    parse,
    publisher_of,
    sales,
    support,
    topic_of,
)
from crm_events.json_schema import event_schema
from shared.events.tests.support.golden import GOLDEN, golden

FAMILIES = {CustomerEvent, marketing.CampaignMessageEvent, support.CaseEvent, loyalty.MemberEvent}
ABOUT_NO_CUSTOMER = {"UnitOpened", "CampaignPlanned", "CampaignSubmitted", "CampaignApproved", "CampaignRejected"}
every_event = pytest.mark.parametrize("type", EVENTS)


def with_a_later_field(content: object) -> object:
    """Return the same content as a newer publisher might say it, with one more field at every depth."""
    if isinstance(content, list):
        return [with_a_later_field(item) for item in content]
    if isinstance(content, dict):
        return {name: with_a_later_field(item) for name, item in content.items()} | {"added_later": [1]}
    return content


def events_in(package: ModuleType) -> set[type[PublicEvent]]:
    """Return every event in every module of the package, whatever the package exports."""
    modules = [import_module(each.name) for each in iter_modules(package.__path__, f"{package.__name__}.")]
    classes = {each for module in modules for _, each in inspect.getmembers(module, inspect.isclass)}
    return {each for each in classes if issubclass(each, PublicEvent) and each.__module__.startswith(package.__name__)}


def name_of(package: ModuleType) -> str:
    return package.__name__.rpartition(".")[2]


@every_event
def test_a_golden_payload_parses_and_is_written_again_byte_for_byte(type: str) -> None:
    event = parse(type, golden(type))

    assert event is not None
    assert event.model_dump_json().encode() == golden(type)


@every_event
def test_a_golden_payload_keeps_its_schema(type: str) -> None:
    Draft202012Validator(event_schema(EVENTS[type])).validate(json.loads(golden(type)))


@every_event
def test_a_schema_refuses_a_payload_that_lacks_a_required_field(type: str) -> None:
    schema = event_schema(EVENTS[type])
    lacking = {name: each for name, each in json.loads(golden(type)).items() if name != schema["required"][0]}

    with pytest.raises(SchemaError, match="is a required property"):
        Draft202012Validator(schema).validate(lacking)


@every_event
def test_a_reader_ignores_what_a_newer_publisher_adds_at_every_depth(type: str) -> None:
    newer = with_a_later_field(json.loads(golden(type)))
    if type == contacts.DetailsCorrected.TYPE:
        newer = json.loads(golden(type)) | {"added_later": [1]}  # its before and after hold any field

    event = parse(type, json.dumps(newer))

    assert event == parse(type, golden(type))
    Draft202012Validator(event_schema(EVENTS[type])).validate(newer)


@every_event
def test_a_publisher_cannot_say_a_field_that_the_event_does_not_have(type: str) -> None:
    fields = json.loads(golden(type)) | {"added_by_mistake": 1}

    with pytest.raises(ValidationError, match="added_by_mistake"):
        EVENTS[type](**fields)


@every_event
def test_an_event_cannot_be_changed(type: str) -> None:
    event = parse(type, golden(type))

    with pytest.raises(ValidationError, match="frozen"):
        setattr(event, next(iter(EVENTS[type].model_fields)), None)


@every_event
def test_an_event_is_explained_in_its_own_words(type: str) -> None:
    event = EVENTS[type]

    assert event.__doc__ not in {None, *(parent.__doc__ for parent in event.__mro__[1:])}
    assert event.meaning().endswith(".")


@every_event
def test_an_event_names_its_customer_unless_it_concerns_none(type: str) -> None:
    event = EVENTS[type]

    assert issubclass(event, CustomerEvent) is not (event.__name__ in {*ABOUT_NO_CUSTOMER, "CampaignLaunched"})


def test_an_unknown_type_is_none() -> None:
    assert parse("crm.support.NeverHeardOf.v1", b"{}") is None
    assert parse("com.elsewhere.Something", b"not even json") is None


def test_a_payload_that_lacks_a_field_is_refused() -> None:
    with pytest.raises(ValidationError, match="order_id"):
        parse(sales.OpportunityWon.TYPE, b'{"customer_id":"00000000-0000-4000-8000-000000000007"}')


def test_types_topics_and_publishers_follow_from_the_module_and_the_name() -> None:
    assert support.ComplaintFiled.TYPE == "crm.support.ComplaintFiled.v1"
    assert topic_of(support.ComplaintFiled.TYPE) == "crm.support.v1"
    assert publisher_of(loyalty.PointsEarned.TYPE) == "loyalty"
    assert {topic_of(type) for type in EVENTS} == set(TOPICS)
    assert {publisher_of(type) for type in EVENTS} == set(PUBLISHERS)


def test_a_second_version_of_an_event_has_a_type_of_its_own() -> None:
    class ComplaintFiled(PublicEvent):
        """A complaint, said differently."""

        VERSION = 2

    assert ComplaintFiled.TYPE.endswith(".ComplaintFiled.v2")


@pytest.mark.parametrize("package", [contacts, sales, marketing, support, loyalty], ids=name_of)
def test_every_event_of_a_publisher_stands_in_the_catalog(package: ModuleType) -> None:
    assert set(EVENTS_BY_PUBLISHER[name_of(package)]) == events_in(package) - FAMILIES


def test_every_golden_payload_is_of_an_event_that_exists() -> None:
    assert {path.name.removesuffix(".json") for path in GOLDEN.iterdir()} == set(EVENTS)


@pytest.mark.parametrize("grade", [0, 6])
def test_a_grade_lies_between_one_and_five(grade: int) -> None:
    rated = json.loads(golden(support.ServiceRated.TYPE)) | {"experience": grade}

    with pytest.raises(ValidationError, match="experience"):
        parse(support.ServiceRated.TYPE, json.dumps(rated))


def test_a_time_without_a_zone_is_refused() -> None:
    resolved = json.loads(golden(support.CaseResolved.TYPE)) | {"opened_at": "2026-11-21T09:30:00"}

    with pytest.raises(ValidationError, match="opened_at"):
        parse(support.CaseResolved.TYPE, json.dumps(resolved))

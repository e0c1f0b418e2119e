"""Today's consumers hear the release before theirs and the release after: the same rows, and nothing crashes."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from jsonschema import Draft202012Validator

from crm_chassis.service import Service
from crm_chassis.slice import Slice
from crm_eventlog.consumer import redrive
from crm_eventlog.log import LogRecord
from crm_events import EVENTS, TOPICS, support
from crm_events.json_schema import event_schemas
from crm_events.versions import Versions
from tests.contracts.listening import ACTED, Listener, Rows, hear_all, listening, records_of, services
from tests.contracts.promises import Sample, ages, histories, story

ADDED: dict[str, Any] = {"added_later": {"deep": [1, None, {"还": "深"}], "on": True}}
AS_TEXT = json.dumps(ADDED, ensure_ascii=False, separators=(",", ":"))[1:-1]
HEADERS = {"ce_tenant": "south", "ce_dataref": "urn:elsewhere", "baggage": "a=1", "ce_sampledrate": "7"}
ANOTHER = UUID(int=1_000)
Story = Callable[[Iterable[Sample]], Iterator[Sample]]


def more_fields(content: Any) -> Any:
    """Return the same content with one more field in every object, however deep it lies."""
    if isinstance(content, list):
        return [more_fields(item) for item in content]
    if isinstance(content, dict) and content:
        return {name: more_fields(item) for name, item in content.items()} | ADDED
    return content


def said_by_a_later_release(samples: Iterable[Sample]) -> Iterator[Sample]:
    """Yield every event with fields and headers that nobody here knows."""
    for sample in samples:
        value = json.dumps(more_fields(sample.content), ensure_ascii=False, separators=(",", ":"))
        yield sample._replace(value=value, headers={**sample.headers, **HEADERS})


def between_events_nobody_knows(samples: Iterable[Sample]) -> Iterator[Sample]:
    """Before every event one of a name that nobody here has heard of, under the same key."""
    for number, sample in enumerate(samples):
        unknown = {
            **sample.headers,
            "ce_type": f"crm.{sample.headers['ce_source']}.Newfangled{number}.v{1 + number % 3}",
        }
        yield sample._replace(headers=unknown, value='{"what":["nobody","knows"]}')
        yield sample


def beside_newer_versions(samples: Iterable[Sample]) -> Iterator[Sample]:
    """After the first event of every topic its next version, under another key."""
    spoken = set()
    for sample in samples:
        yield sample
        if sample.headers["ce_source"] not in spoken:
            name, _, version = sample.type.rpartition(".v")
            newer = {**sample.headers, "ce_type": f"{name}.v{int(version) + 1}"}
            yield sample._replace(key=str(ANOTHER), headers=newer, value='{"said":"anew"}')
        spoken.add(sample.headers["ce_source"])


@pytest.fixture(scope="module", params=services().values(), ids=lambda service: service.name)
def service(request: pytest.FixtureRequest) -> Service:
    """Return each of the five in turn."""
    found: Service = request.param
    return found


@pytest.fixture(scope="module")
def rows(service: Service, tmp_path_factory: pytest.TempPathFactory) -> Rows:
    """Return what it makes of the events as they are published today."""
    with listening(service, tmp_path_factory.mktemp("today")) as today:
        hear_all(today, records_of(story(ages()[-1])))
        assert today.set_aside() == []
        return today.rows()


def heard_as(story_of: Story, service: Service, directory: Path) -> tuple[Rows, list[str]]:
    """Return what a service makes of the same events when they are published like this, and what it parked."""
    with listening(service, directory) as listener:
        hear_all(listener, records_of(story_of(story(ages()[-1]))))
        return listener.rows(), listener.set_aside()


@pytest.fixture(scope="module")
def later(service: Service, tmp_path_factory: pytest.TempPathFactory) -> tuple[Rows, list[str]]:
    """Return what it makes of them when a later release publishes them, and what it parks."""
    return heard_as(said_by_a_later_release, service, tmp_path_factory.mktemp("later"))


def test_fields_and_headers_of_a_later_release_change_no_row(rows: Rows, later: tuple[Rows, list[str]]) -> None:
    kept, set_aside = later

    assert set_aside == []
    assert {reader: tuple(sorted(row.replace(f",{AS_TEXT}", "") for row in of)) for reader, of in kept.items()} == rows


def test_only_the_history_keeps_what_it_does_not_know_to_the_letter(later: tuple[Rows, list[str]]) -> None:
    kept, _ = later

    assert [reader for reader, of in kept.items() if any("added_later" in row for row in of)] == ["customer_history"]


def test_events_that_nobody_knows_pass_by(service: Service, rows: Rows, tmp_path: Path) -> None:
    assert heard_as(between_events_nobody_knows, service, tmp_path) == (rows, [])


def test_newer_versions_are_set_aside_and_everybody_else_is_served(
    service: Service, rows: Rows, tmp_path: Path
) -> None:
    served, set_aside = heard_as(beside_newer_versions, service, tmp_path)

    waiting = {each.partition(":")[0] for each in set_aside}
    assert served == rows
    assert waiting - {"reactions"} == {model.name for model in service.read_models}
    assert len([each for each in set_aside if each.startswith("customer_history")]) == len(TOPICS)
    assert all("is newer than version" in each for each in set_aside)


@pytest.mark.parametrize("age", ages()[:-1])
def test_the_release_before_leaves_everything_but_what_it_did_not_say(
    service: Service, rows: Rows, tmp_path: Path, age: int
) -> None:
    with listening(service, tmp_path) as listener:
        hear_all(listener, records_of(story(age)))

        assert listener.set_aside() == []
        assert counted(listener.rows()) == counted(rows)


def counted(rows: Rows) -> Mapping[str, int]:
    """Count the rows that each reader keeps."""
    return {reader: len(of) for reader, of in rows.items()}


@pytest.mark.parametrize("type", EVENTS)
def test_records_of_every_release_are_valid_by_the_shapes_of_every_other(type: str) -> None:
    kept = histories()[type]
    shapes = [*(shape.schema for shape in kept.schemas), event_schemas()[type]]

    for schema in shapes:
        for line in kept.lines:
            Draft202012Validator(schema).validate(line.record.content)


class CaseResolved(support.CaseResolved):
    """A case was settled, in words for the customer and in words for colleagues; as a later release may say it."""

    TYPE = "crm.support.CaseResolved.v2"
    VERSION = 2

    remedy: str

    @staticmethod
    def upcast_v1_v2(raw: dict[str, Any]) -> None:
        raw["remedy"] = raw["resolution"].upper()


def with_the_next_version(service: Service) -> Service:
    """Return the reader's next release, which knows the second version; its read models alone."""
    events = [event for event in EVENTS.values() if event is not support.CaseResolved]
    CaseResolved.TYPE = "crm.support.CaseResolved.v2"
    return replace(of_its_cases(service), parse=Versions([*events, CaseResolved]).parse)


def of_its_cases(service: Service) -> Service:
    """Return the service with the cases of customers as its only reader."""
    models = tuple(model for model in service.read_models if model.name == "cases")
    return replace(service, slices=(Slice(name="cases", read_models=models),))


def resolved_in_version_2() -> list[LogRecord]:
    """Return the complaint of the story, resolved as a later release says it."""
    samples = [each for each in story(0) if each.type.startswith("crm.support.C")]
    newer = []
    for each in samples:
        if each.type == "crm.support.CaseResolved.v1":
            value = json.dumps({**each.content, "remedy": "a new display"})
            each = each._replace(value=value, headers={**each.headers, "ce_type": "crm.support.CaseResolved.v2"})
        newer.append(each)
    return records_of(newer)


def test_a_version_that_came_too_early_is_taken_in_by_the_readers_next_release(tmp_path: Path) -> None:
    today, next_release = services()["support"], with_the_next_version(services()["support"])
    today = of_its_cases(today)
    with listening(today, tmp_path) as before:
        before.hear(resolved_in_version_2())
        waiting = before.set_aside()

    with listening(next_release, tmp_path) as after:
        redriven = redrive(after.runtime.projector)

        assert any("crm.support.CaseResolved.v2 is newer than version 1" in each for each in waiting)
        assert [each.error for each in redriven] == [None]
        assert after.set_aside() == []
        assert taken_in(after)


def test_records_of_the_first_version_are_read_as_the_second_by_its_readers(tmp_path: Path) -> None:
    with listening(with_the_next_version(services()["support"]), tmp_path) as after:
        hear_all(after, records_of(story(0)))

        assert after.set_aside() == []
        assert taken_in(after)


def taken_in(listener: Listener) -> bool:
    """Tell if the complaint was reopened after it had been resolved: nothing of its key was skipped."""
    [complaint] = [row for row in listener.rows()["cases"] if "'complaint'" in row]
    assert ACTED in listener.rows()
    return "'open'" in complaint and "flickers again" in complaint

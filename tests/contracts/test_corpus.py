"""The permanent corpus: every record that was ever kept is taken in by everybody who hears its event."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import crm_history
from crm_events import EVENTS, CustomerEvent
from crm_events.catalog import VERSIONS
from tests.contracts.listening import ACTED, Listener, listening, records_of, services
from tests.contracts.promises import Sample, ages, story
from tools import documents

Marks = Mapping[str, frozenset[str]]
"""Reader -> the events that changed what it keeps."""


def received(listener: Listener, samples: list[Sample]) -> Marks:
    """Let a service hear the story; whose rows did each record change that is told at no later age?"""
    marks: dict[str, set[str]] = {reader: set() for reader in listener.rows()}
    told_later = set() if samples == story(ages()[-1]) else {each.value for each in story(ages()[-1])}
    waiting = []
    for sample, record in zip(samples, records_of(samples), strict=True):
        waiting.append(record)
        if sample.value in told_later:
            continue
        listener.hear(waiting[:-1])
        before = listener.rows()
        listener.hear(waiting[-1:])
        after, waiting = listener.rows(), []
        for reader in after:
            if after[reader] != before[reader]:
                marks[reader].add(newest(sample.type))
    listener.hear(waiting)
    return {reader: frozenset(types) for reader, types in marks.items()}


def newest(type: str) -> str:
    """Return the type that records of this one are read as."""
    event = VERSIONS.newest(type)
    assert event is not None
    return event.TYPE


@pytest.fixture(scope="module", params=ages(), ids=lambda age: f"age {age}")
def samples(request: pytest.FixtureRequest) -> list[Sample]:
    """Return the log as it lay once, from the first shapes to the newest."""
    return story(request.param)


@pytest.fixture(scope="module", params=services().values(), ids=lambda service: service.name)
def listener(
    request: pytest.FixtureRequest, samples: list[Sample], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Listener]:
    """Return each service in turn, with a log that nobody has heard yet."""
    with listening(request.param, tmp_path_factory.mktemp("corpus")) as one:
        yield one


@pytest.fixture(scope="module")
def told(samples: list[Sample]) -> set[str]:
    """Return the events whose records are told one by one: at an earlier age those that had another shape."""
    later = [] if samples == story(ages()[-1]) else story(ages()[-1])
    return {newest(each.type) for each in samples if each.value not in {other.value for other in later}}


@pytest.fixture(scope="module")
def marks(listener: Listener, samples: list[Sample]) -> Marks:
    return received(listener, samples)


def test_no_record_is_set_aside(listener: Listener, marks: Marks) -> None:
    assert marks
    assert listener.set_aside() == []


def test_every_record_leaves_its_mark_wherever_its_event_is_heard(
    listener: Listener, marks: Marks, told: set[str]
) -> None:
    received = {
        (reader if reader in marks else ACTED, event.TYPE) for event, reader in documents.heard_by(listener.name)
    }
    left = {(reader, type) for reader, types in marks.items() for type in types}
    history = {(crm_history.READ_MODEL.name, type) for type in told if issubclass(EVENTS[type], CustomerEvent)}

    missing = {(reader, type) for reader, type in received | history if type in told} - left

    assert missing == set()


def test_a_record_that_cannot_be_taken_in_would_be_noticed(tmp_path: Path) -> None:
    [moved] = [each for each in story(0) if each.type == "crm.sales.OpportunityWon.v1"]
    broken = moved._replace(value=moved.value.replace("order_id", "ordre_id"))

    with listening(services()["sales"], tmp_path) as sales:
        sales.hear(records_of([broken]))

        assert any(each.startswith("funnel: Undecodable") for each in sales.set_aside())

"""The library imports whatever module a stored event names and accepts newer versions; our names are a list."""

import sys
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from eventsourcing.domain import Aggregate as LibraryAggregate
from eventsourcing.domain import event as library_event
from eventsourcing.persistence import JSONTranscoder, Mapper, StoredEvent
from eventsourcing.utils import get_topic

from crm_eventlog.aggregate import Aggregate
from crm_eventlog.facts import FactMapper, FactUnknown
from shared.eventlog.tests.support.notes import Note
from tests.architecture.sources import SERVICES, modules

HERE = "tests.regressions.test_stored_names_are_an_allow_list"


class Remark(LibraryAggregate):
    """An aggregate as the library has them."""

    @library_event("Made")
    def __init__(self, text: str) -> None:
        self.text = text


@pytest.fixture
def a_stranger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return a module that nobody here has imported."""
    name = f"stranger_{uuid4().hex}"
    (tmp_path / f"{name}.py").write_text("class Event: pass\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    return name


def stored(topic: str, state: bytes = b"{}") -> StoredEvent:
    return StoredEvent(uuid4(), 1, topic, state)


def test_the_library_imports_any_module_that_data_names(a_stranger: str) -> None:
    with pytest.raises(TypeError):
        Mapper[Any](JSONTranscoder()).to_domain_event(stored(f"{a_stranger}:Event"))

    assert a_stranger in sys.modules


def test_we_import_nothing_that_data_names(a_stranger: str) -> None:
    with pytest.raises(FactUnknown):
        FactMapper([Note]).to_domain_event(stored(f"{a_stranger}:Event"))

    assert a_stranger not in sys.modules


def test_the_librarys_names_change_when_a_module_moves_and_ours_do_not() -> None:
    written = FactMapper([Note]).to_stored_event(
        Note(note_id=uuid4(), customer_id=uuid4(), text="asks").pending_events[0]
    )

    assert get_topic(Remark.Made) == f"{HERE}:Remark.Made"
    assert written.topic == "Note.Written"


def test_the_library_accepts_what_newer_code_wrote() -> None:
    newer = stored(get_topic(Remark.Made), b'{"class_version": 2, "text": "asks", "of_the_future": 1}')

    assert vars(Mapper[Any](JSONTranscoder()).to_domain_event(newer))["of_the_future"] == 1


def test_we_refuse_what_newer_code_wrote() -> None:
    with pytest.raises(FactUnknown, match=r"Note\.Written\.v2"):
        FactMapper([Note]).to_domain_event(stored("Note.Written.v2", b'{"note_id": "x"}'))


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_names_each_aggregate_it_may_load_and_nothing_else(service: str) -> None:
    for module in modules(f"services/{service}/src/**/*.py"):
        import_module(module.name)
    written = {kind for kind in Aggregate.__subclasses__() if kind.__module__.startswith(f"crm_{service}.")}

    assert set(import_module(f"crm_{service}.service").SERVICE.aggregates) == written

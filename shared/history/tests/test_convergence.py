"""Whatever the order, however often, however cut, wherever it crashes: one digest."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine

from crm_eventlog.consumer import TransientError
from crm_eventlog.envelope import CloudEvent
from crm_eventlog.log import LogRecord
from crm_eventlog.migrate import migrate
from crm_eventlog.projection import Projector, ReadModel
from crm_eventlog.store import open_engine
from crm_events import parse
from crm_history import READ_MODEL, digest, project
from shared.history.tests.telling import NOON, PARTITIONS, Told, logs_of, the_story_of_ms_chen

LOGS = logs_of(the_story_of_ms_chen())
Logs = Mapping[tuple[str, int], Sequence[LogRecord]]


@dataclass
class Reader:
    """A service's projector on its own database, which may be told to crash behind the rows of its next batch."""

    engine: Engine
    crashes: bool = False
    projector: Projector = field(init=False)

    def __post_init__(self) -> None:
        self.model = ReadModel(READ_MODEL.name, 1, READ_MODEL.tables, READ_MODEL.topics, self.project)
        self.begin()

    def begin(self) -> None:
        self.projector = Projector(self.engine, (self.model,), parse, lambda: NOON, partitions=PARTITIONS)
        self.projector.prepare()

    def project(self, events: Sequence[CloudEvent], db: Connection) -> None:
        project(events, db)
        if self.crashes:
            raise TransientError

    def process_batch(self, batch: Sequence[LogRecord], *, crash: bool) -> None:
        """Return a crash loses the transaction and the process; the next one begins with what the database knows."""
        self.crashes = crash
        try:
            self.projector.process_batch(batch)
        except TransientError:
            self.begin()
        assert not self.projector.stopped

    def needs(self, logs: Logs) -> dict[tuple[str, int], int]:
        positions = self.projector.positions()
        return {place: positions[place] for place, log in logs.items() if positions[place] < len(log)}

    def digest(self) -> str:
        with self.engine.connect() as db:
            return digest(db)


def as_log(events: Sequence[Told]) -> list[LogRecord]:
    return [event.at(offset) for offset, event in enumerate(events)]


@st.composite
def logs_with_resent_suffixes(draw: st.DrawFn) -> Logs:
    """Return the story's logs; where a relay crashed, it sent some of the last events once more."""
    logs = {}
    for place, events in LOGS.items():
        crashed_at = draw(st.integers(0, len(events)))
        resent = draw(st.integers(0, crashed_at))
        logs[place] = as_log([*events[:crashed_at], *events[crashed_at - resent :]])
    return logs


@pytest.fixture(scope="module")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a folder with a migrated, empty database to copy."""
    folder = tmp_path_factory.mktemp("convergence")
    engine = open_engine(f"sqlite:///{folder / 'empty.db'}")
    migrate(engine, partitions=PARTITIONS)
    engine.dispose()
    return folder


numbers = count()


def a_reader(databases: Path) -> Reader:
    path = databases / f"{next(numbers)}.db"
    shutil.copy(databases / "empty.db", path)
    return Reader(open_engine(f"sqlite:///{path}"))


@pytest.fixture(scope="module")
def the_digest(databases: Path) -> str:
    """Return the digest of the story read at one go, everything once."""
    reader = a_reader(databases)
    reader.process_batch([record for events in LOGS.values() for record in as_log(events)], crash=False)
    return reader.digest()


@settings(max_examples=40, deadline=None)
@given(logs=logs_with_resent_suffixes(), data=st.data())
def test_any_interleaving_cut_repetition_and_crash_gives_one_digest(
    databases: Path, the_digest: str, logs: Logs, data: st.DataObject
) -> None:
    reader = a_reader(databases)

    while needed := reader.needs(logs):
        places = data.draw(st.lists(st.sampled_from(sorted(needed)), min_size=1, unique=True))
        batch: list[LogRecord] = []
        for place in places:
            again = data.draw(st.integers(0, needed[place]))
            end = data.draw(st.integers(needed[place] + 1, len(logs[place])))
            batch += logs[place][again:end]
        reader.process_batch(batch, crash=data.draw(st.booleans()) and data.draw(st.booleans()))

    assert reader.digest() == the_digest
    reader.engine.dispose()


def test_five_services_that_heard_the_same_in_any_order_show_the_same(databases: Path, the_digest: str) -> None:
    places = sorted(LOGS)
    services = [a_reader(databases) for _ in range(5)]

    for turn, service in enumerate(services):
        for place in places[turn:] + places[:turn]:
            service.process_batch(as_log(LOGS[place]), crash=False)

    assert {service.digest() for service in services} == {the_digest}


def test_an_event_that_did_not_arrive_shows_in_the_digest(databases: Path, the_digest: str) -> None:
    reader = a_reader(databases)
    place = ("crm.support.v1", 1)

    for other, events in LOGS.items():
        reader.process_batch(as_log(events[: -1 if other == place else None]), crash=False)

    assert reader.digest() != the_digest

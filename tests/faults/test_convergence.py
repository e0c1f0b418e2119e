"""Whatever the order, however often, however cut, whichever statement it crashes at: the same rows and one digest.

The real projection code, with the read models of every service, on SQLite.
"""

import shutil
from dataclasses import dataclass, field, replace
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event, select

from crm_chassis.service import Service
from crm_eventlog.log import LogRecord
from crm_eventlog.migrate import migrate
from crm_eventlog.projection import Projector
from crm_eventlog.store import open_engine
from crm_history import digest
from shared.history.tests.telling import NOON, PARTITIONS
from tests.architecture.sources import SERVICES
from tests.faults.service import BESIDE
from tests.faults.story import Logs, a_batch, sent_again, the_logs

LOGS = the_logs()
# More statements than a batch of everything takes.
STATEMENTS = 120
Rows = dict[str, list[tuple[Any, ...]]]


class Killed(BaseException):
    """The process is gone: no handler of ours sees it."""


@dataclass
class Reader:
    """A service's projector, whose process is killed when its database has been asked so many things."""

    service: Service
    engine: Engine
    statements_left: int = -1
    projector: Projector = field(init=False)

    def __post_init__(self) -> None:
        # The process is killed, not the machine: nothing need reach the disk.
        event.listen(self.engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
        event.listen(self.engine, "before_cursor_execute", self.count)
        event.listen(self.engine, "commit", self.count)
        self.begin()

    def begin(self) -> None:
        """Begin the next process with what the database knows."""
        models, parse = self.service.read_models, self.service.parse
        self.projector = Projector(self.engine, models, parse, lambda: NOON, partitions=PARTITIONS)
        self.projector.prepare()

    def count(self, *_: Any) -> None:
        self.statements_left -= 1
        if self.statements_left == 0:
            raise Killed

    def process_batch(self, batch: list[LogRecord], *, killed_at: int = -1) -> None:
        self.statements_left = killed_at
        try:
            self.projector.process_batch(batch)
        except Killed:
            self.begin()
        self.statements_left = -1
        assert not self.projector.stopped

    def needs(self, logs: Logs) -> dict[tuple[str, int], int]:
        """Return the partitions it has not read to the end, and where it stands in each."""
        positions = self.projector.positions()
        return {place: positions[place] for place, log in logs.items() if positions.get(place, len(log)) < len(log)}

    def shows(self) -> tuple[str, Rows]:
        """Return the digest of the history, and the rows of every table."""
        tables = [table for model in self.service.read_models for table in model.tables]
        with self.engine.connect() as db:
            rows = {each.name: sorted((tuple(row) for row in db.execute(select(each))), key=repr) for each in tables}
            return digest(db), rows


numbers = count()


@pytest.fixture(params=SERVICES)
def service(request: pytest.FixtureRequest) -> Service:
    """Return a service with its read models, and the witness that counts every fold beside them."""
    whole: Service = import_module(f"crm_{request.param}.__main__").SERVICE
    return replace(whole, slices=(*whole.slices, BESIDE))


@pytest.fixture
def empty(tmp_path: Path, service: Service) -> Path:
    """Return a database of the service with nothing in it, to be copied."""
    path = tmp_path / "empty.db"
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine, partitions=PARTITIONS)
    Reader(service, engine)
    engine.dispose()
    return path


def a_reader(service: Service, empty: Path) -> Reader:
    path = empty.with_name(f"{next(numbers)}.db")
    shutil.copy(empty, path)
    return Reader(service, open_engine(f"sqlite:///{path}"))


@pytest.fixture
def shown(service: Service, empty: Path) -> tuple[str, Rows]:
    """Return what a reader shows that read everything once, at one go."""
    reader = a_reader(service, empty)
    reader.process_batch([record for log in LOGS.values() for record in log])
    shows = reader.shows()
    reader.engine.dispose()
    return shows


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(logs=sent_again(LOGS), data=st.data())
def test_any_interleaving_cut_repetition_and_crash_point_gives_the_same_rows(
    service: Service, empty: Path, shown: tuple[str, Rows], logs: Logs, data: st.DataObject
) -> None:
    reader = a_reader(service, empty)

    while needed := reader.needs(logs):
        killed_at = data.draw(st.one_of(st.just(-1), st.integers(1, STATEMENTS)))
        reader.process_batch(data.draw(a_batch(logs, needed)), killed_at=killed_at)

    assert reader.shows() == shown
    reader.engine.dispose()


def test_killed_at_every_single_statement_the_next_process_makes_good(
    service: Service, empty: Path, shown: tuple[str, Rows]
) -> None:
    everything = [record for log in LOGS.values() for record in log]
    killed_at = 1
    while True:
        reader = a_reader(service, empty)
        reader.process_batch(everything, killed_at=killed_at)
        was_killed = bool(reader.needs(LOGS))
        reader.process_batch(everything)
        assert reader.shows() == shown, f"killed at statement {killed_at}"
        reader.engine.dispose()
        if not was_killed:
            break
        killed_at += 1

    assert killed_at > len(service.read_models)

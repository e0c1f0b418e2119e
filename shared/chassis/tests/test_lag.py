"""Lag: how far behind, and for how long without a move."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from notes_service import SERVICE, Settings

from crm_chassis.lag import LagWatch
from crm_chassis.testing import NOON, at_noon
from crm_chassis.web.metrics import ReaderLag
from crm_chassis.works import Works
from crm_eventlog.log import MemoryLog
from crm_eventlog.log.contract import LogRecord, Outgoing

NONSENSE = Outgoing(b"key", b"nonsense", ())


@pytest.fixture
def works(tmp_path: Path) -> Iterator[Works]:
    settings = Settings(database_url=f"sqlite:///{tmp_path}/notes.db", partitions=4)
    opened = Works.open(SERVICE, settings, MemoryLog(at_noon), at_noon)
    opened.migrate()
    asyncio.run(opened.create_topics())
    yield opened
    opened.engine.dispose()


def watched(works: Works, seconds: Iterator[float]) -> LagWatch:
    return LagWatch(works.engine, works.log, taking=[works.projector], seconds=lambda: next(seconds))


def of(watch: LagWatch, reader: str) -> ReaderLag:
    return next(lag for lag in watch() if lag.reader == reader)


def test_a_reader_that_is_behind_and_does_not_move_is_still_for_ever_longer(works: Works) -> None:
    watch = watched(works, iter([0.0, 1.0, 31.0, 61.0]))
    asyncio.run(works.log.append("crm.notes.v1", {2: [NONSENSE]}))

    asyncio.run(watch.look())
    asyncio.run(watch.look())

    assert of(watch, "notes") == ReaderLag("notes", events=1, still=60.0)


def test_a_reader_that_has_read_everything_is_never_still(works: Works) -> None:
    watch = watched(works, iter([0.0, 1.0, 3601.0]))

    asyncio.run(watch.look())

    assert of(watch, "notes") == ReaderLag("notes", events=0, still=0.0)


def test_a_reader_that_rested_and_has_something_to_read_is_not_still_yet(works: Works) -> None:
    watch = watched(works, iter([0.0, 1.0, 3600.0, 3601.0, 3602.0]))
    asyncio.run(watch.look())
    asyncio.run(watch.look())

    asyncio.run(works.log.append("crm.notes.v1", {2: [NONSENSE]}))
    asyncio.run(watch.look())

    assert of(watch, "notes") == ReaderLag("notes", events=1, still=2.0)


def test_a_stopped_partition_is_shown_with_its_place_and_kind_of_trouble(works: Works) -> None:
    watch = watched(works, iter([0.0, 1.0, 1.0]))
    works.projector.take_in([LogRecord("crm.notes.v1", 2, 0, *NONSENSE, NOON)])

    asyncio.run(watch.look())

    assert of(watch, "notes").stopped == ("crm.notes.v1/2 offset 0: Undecodable",)


def test_a_log_that_does_not_answer_shows_in_the_age_of_the_last_look(works: Works) -> None:
    watch = watched(works, iter([0.0, 90.0]))

    assert of(watch, "log") == ReaderLag("log", events=0, still=90.0)

"""Lag of readers: how far they are behind, and for how long without progress."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from crm_chassis.lag import LagWatch, PlaceLag, ReaderLag
from crm_chassis.record_age import REMEMBERED, RecordAges
from crm_chassis.runtime import ServiceRuntime
from crm_chassis.testing import NOON, at_noon, command_context
from crm_eventlog.log import MemoryLog
from crm_eventlog.log.log import LogRecord, Outgoing
from shared.chassis.tests.support.notes_service import SERVICE, Settings, TakeNote

NONSENSE = Outgoing(b"key", b"nonsense", ())


@pytest.fixture
def runtime(tmp_path: Path) -> Iterator[ServiceRuntime]:
    settings = Settings(database_url=f"sqlite:///{tmp_path}/notes.db", partitions=4)
    opened = ServiceRuntime.open(SERVICE, settings, MemoryLog(at_noon), at_noon)
    opened.migrate()
    asyncio.run(opened.create_topics())
    yield opened
    opened.engine.dispose()


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def watched(
    runtime: ServiceRuntime, seconds: Iterator[float], *, clock: Callable[[], datetime] = at_noon, parking: int = 10
) -> LagWatch:
    taking = [runtime.projector]
    return LagWatch(
        runtime.engine, runtime.log, taking=taking, seconds=lambda: next(seconds), clock=clock, parking=parking
    )


def of(watch: LagWatch, reader: str) -> ReaderLag:
    return next(lag for lag in watch() if lag.reader == reader)


def at(watch: LagWatch, partition: int) -> PlaceLag:
    return next(place for place in of(watch, "notes").places if place.partition == partition)


def take_notes(runtime: ServiceRuntime, *words: str) -> None:
    """Publish taken notes, all in partition 2."""
    asyncio.run(runtime.log.append("crm.notes.v1", {2: [Outgoing(word.encode(), b"", ()) for word in words]}))


def test_a_reader_that_is_behind_and_does_not_move_is_still_for_ever_longer(runtime: ServiceRuntime) -> None:
    watch = watched(runtime, iter([0.0, 1.0, 31.0, 61.0, 61.0]))
    asyncio.run(runtime.log.append("crm.notes.v1", {2: [NONSENSE]}))

    asyncio.run(watch.look())
    asyncio.run(watch.look())

    assert (of(watch, "notes").events, of(watch, "notes").still) == (1, 60.0)


def test_a_reader_that_has_read_everything_is_never_still(runtime: ServiceRuntime) -> None:
    watch = watched(runtime, iter([0.0, 1.0, 3601.0, 3601.0]))

    asyncio.run(watch.look())

    assert (of(watch, "notes").events, of(watch, "notes").still) == (0, 0.0)


def test_a_reader_that_rested_and_has_something_to_read_is_not_still_yet(runtime: ServiceRuntime) -> None:
    watch = watched(runtime, iter([0.0, 1.0, 3600.0, 3601.0, 3602.0, 3602.0]))
    asyncio.run(watch.look())
    asyncio.run(watch.look())

    asyncio.run(runtime.log.append("crm.notes.v1", {2: [NONSENSE]}))
    asyncio.run(watch.look())

    assert (of(watch, "notes").events, of(watch, "notes").still) == (1, 2.0)


def test_a_stopped_partition_is_shown_with_its_place_and_kind_of_trouble(runtime: ServiceRuntime) -> None:
    watch = watched(runtime, count())
    runtime.projector.process_batch([LogRecord("crm.notes.v1", 2, 7, *NONSENSE, NOON)])

    asyncio.run(watch.look())

    assert of(watch, "notes").stopped == ("crm.notes.v1/2 offset 7: GapInLog",)


def test_a_log_that_does_not_answer_shows_in_the_age_of_the_last_look(runtime: ServiceRuntime) -> None:
    watch = watched(runtime, iter([0.0, 90.0]))

    assert of(watch, "log") == ReaderLag("log", events=0, still=90.0)


def test_the_age_of_the_oldest_record_is_counted_from_when_it_was_first_seen(runtime: ServiceRuntime) -> None:
    clock = Clock()
    watch = watched(runtime, count(), clock=clock)
    asyncio.run(watch.look())
    clock.pass_by(3600)
    take_notes(runtime, "one")
    asyncio.run(watch.look())
    clock.pass_by(10)
    take_notes(runtime, "two")

    asyncio.run(watch.look())

    assert (at(watch, 2).events, at(watch, 2).seconds) == (2, 10.0)
    assert (at(watch, 1).events, at(watch, 1).seconds) == (0, 0.0)
    assert of(watch, "notes").seconds == 10.0


def test_once_the_oldest_record_is_taken_in_the_next_one_is_the_oldest(runtime: ServiceRuntime) -> None:
    clock = Clock()
    watch = watched(runtime, count(), clock=clock)
    for word in ("none yet", "one", "two"):
        if word != "none yet":
            take_notes(runtime, word)
        asyncio.run(watch.look())
        clock.pass_by(10)
    runtime.projector.process_batch(asyncio.run(runtime.log.read("crm.notes.v1", 2, 0, 1)))

    asyncio.run(watch.look())

    assert (at(watch, 2).events, at(watch, 2).seconds) == (1, 10.0)


def test_a_backlog_from_before_the_watch_is_as_old_as_its_record(runtime: ServiceRuntime) -> None:
    take_notes(runtime, "one", "two")
    clock = Clock()
    clock.pass_by(86_400)
    watch = watched(runtime, count(), clock=clock)

    asyncio.run(watch.look())

    assert at(watch, 2).seconds == 86_400


def test_a_backlog_of_days_is_remembered_in_bounded_space_and_told_of_nearly_exactly(runtime: ServiceRuntime) -> None:
    clock = Clock()
    ages = RecordAges(runtime.log, clock)
    place = ("crm.notes.v1", 2)
    for end in range(100_001):
        ages.note({place: end}, {})
        clock.pass_by(1)

    off = [ages.seconds(place, offset) - (100_000 - offset) for offset in range(0, 99_000, 500)]

    assert len(ages._marks[place]) <= REMEMBERED
    assert max(map(abs, off)) <= 100_000 / 150


def test_readers_that_keep_up_leave_nothing_to_remember(runtime: ServiceRuntime) -> None:
    ages = RecordAges(runtime.log, at_noon)
    place = ("crm.notes.v1", 2)

    for end in range(1_000):
        ages.note({place: end}, {place: end - 1})

    assert len(ages._marks[place]) == 1


def test_a_checkpoint_grows_older_until_it_moves(runtime: ServiceRuntime) -> None:
    clock = Clock()
    watch = watched(runtime, count(), clock=clock)
    clock.pass_by(30)

    asyncio.run(watch.look())

    assert at(watch, 2).checkpoint_age == 30.0


def test_records_set_aside_are_counted_where_they_come_from_and_until_no_more_may_be(runtime: ServiceRuntime) -> None:
    take_notes(runtime, "one", "one", "two")
    runtime.projector.process_batch(asyncio.run(runtime.log.read("crm.notes.v1", 2, 0, 10)))
    watch, narrow = watched(runtime, count()), watched(runtime, count(), parking=3)

    asyncio.run(watch.look())
    asyncio.run(narrow.look())

    assert (at(watch, 2).parked_records, at(watch, 2).parked_keys, at(watch, 1).parked_records) == (3, 2, 0)
    assert (of(watch, "notes").parked_records, of(watch, "notes").parked_keys) == (3, 2)
    assert (of(watch, "notes").full, of(narrow, "notes").full) == (False, True)


def test_what_is_not_relayed_is_as_old_as_its_oldest_fact(runtime: ServiceRuntime) -> None:
    clock = Clock()
    runtime.application.execute(TakeNote(words="tea"), command_context(recorded_at=NOON))
    clock.pass_by(90)
    watch = watched(runtime, count(), clock=clock)

    asyncio.run(watch.look())

    assert (of(watch, "relay").events, of(watch, "relay").seconds) == (1, 90.0)

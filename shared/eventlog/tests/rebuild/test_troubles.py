"""Failures of rebuilds: a missing source, a delayed swap, another rebuild of the same read model."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any
from zlib import crc32

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from crm_eventlog.log import LogRecord
from crm_eventlog.projection import Projector
from crm_eventlog.rebuild import LogSource, Rebuild, RebuildUnderWay
from crm_eventlog.rebuild.generations import open_generation_store
from crm_eventlog.rebuild.rebuild_lock import rebuild_lock
from crm_eventlog.rebuild.source import Place
from shared.eventlog.tests.rebuild.states import MODEL, rebuild_of, served
from shared.eventlog.tests.support.impatience import waits_of
from shared.eventlog.tests.support.notes import PARTITIONS, parse

# Their checksums are below and above the middle of what a checksum can be.
LOW, HIGH = "written", "counts"


class Troubled(LogSource):
    """A source that fails a given number of times, and remembers the sizes of its batches."""

    def __init__(self, url: str, *, reads: int = 0, swaps: int = 0) -> None:
        super().__init__(url)
        self.reads, self.swaps, self.resumed = reads, swaps, 0
        self.sizes: list[int] = []

    async def read(self, place: Place, offset: int, limit: int) -> list[LogRecord]:
        if self.reads:
            self.reads -= 1
            raise OperationalError("select", None, Exception("away"))
        return await super().read(place, offset, limit)

    def batches(
        self, starts: Mapping[Place, int], ends: Mapping[Place, int], size: int
    ) -> AsyncIterator[list[LogRecord]]:
        self.sizes.append(size)
        return super().batches(starts, ends, size)

    def resume(self, engine: Engine) -> None:
        # The first time is before the comparison.
        self.resumed += 1
        if self.swaps and self.resumed > 1:
            self.swaps -= 1
            raise OperationalError("lock table", None, Exception("a long reader"))


def rebuild_from(engine: Engine, source: LogSource) -> Rebuild:
    return Rebuild(engine, MODEL, parse, PARTITIONS, source)


@pytest.mark.parametrize(("failures", "built"), [(2, True), (9, True), (10, False)])
def test_a_source_that_is_away_is_asked_ten_times_a_second_apart(
    engine: Engine, projector: Projector, log_url: str, failures: int, built: bool
) -> None:
    source, outcome = Troubled(log_url, reads=failures), list[Any]()

    async def story() -> None:
        try:
            outcome.append((await rebuild_from(engine, source).verify()).same)
        except OperationalError:
            outcome.append(False)

    assert waits_of(story) == [1.0] * min(failures, 9)
    assert (outcome, source.reads) == ([built], 0)


@pytest.mark.parametrize(("failures", "swapped"), [(9, True), (10, False)])
def test_a_swap_that_waits_for_a_long_reader_is_tried_ten_times(
    engine: Engine, projector: Projector, log_url: str, failures: int, swapped: bool
) -> None:
    right, source = served(engine), Troubled(log_url, swaps=failures)

    if swapped:
        assert asyncio.run(rebuild_from(engine, source).swap()).served == 2
    else:
        with pytest.raises(OperationalError, match="a long reader"):
            asyncio.run(rebuild_from(engine, source).swap())

    assert (source.swaps, source.resumed) == (0, 1 + 10)
    assert (served(engine), open_generation_store(engine, "written").served().number) == (right, 2 if swapped else 1)


def test_batches_are_of_five_thousand_records_unless_told_otherwise(
    engine: Engine, projector: Projector, log_url: str
) -> None:
    first, second = Troubled(log_url), Troubled(log_url)

    asyncio.run(rebuild_from(engine, first).swap())
    asyncio.run(Rebuild(engine, MODEL, parse, PARTITIONS, second, batch=3).swap())

    assert (first.sizes, second.sizes) == ([5_000] * 3, [3, 5_000, 5_000])


@pytest.mark.parametrize("name", [LOW, HIGH])
def test_a_read_model_is_held_off_only_while_it_is_rebuilt(engine: Engine, name: str) -> None:
    def fail() -> None:
        with rebuild_lock(engine, name), rebuild_lock(engine, "another"):
            with pytest.raises(RebuildUnderWay, match=f"^{name} is already being rebuilt: wait for that to end$"):
                rebuild_lock(engine, name).__enter__()
            raise ValueError("it failed")

    with pytest.raises(ValueError, match="it failed"):
        fail()

    with rebuild_lock(engine, name):
        pass


@pytest.mark.parametrize("name", [LOW, HIGH])
@pytest.mark.parametrize("database_url", [pytest.param("postgresql", marks=pytest.mark.needs_postgres)], indirect=True)
def test_code_of_another_release_holds_the_same_lock(engine: Engine, name: str) -> None:
    key = {"key": crc32(name.encode()) - 2_147_483_648}
    with engine.connect() as db:
        db.execute(text("SELECT pg_advisory_lock(4411982, :key)"), key)

        with pytest.raises(RebuildUnderWay), rebuild_lock(engine, name):
            pass


def test_a_generation_is_not_rolled_back_while_another_is_built(
    engine: Engine, projector: Projector, log_url: str
) -> None:
    with rebuild_lock(engine, "written"), pytest.raises(RebuildUnderWay):
        asyncio.run(rebuild_of(engine, log_url).roll_back())

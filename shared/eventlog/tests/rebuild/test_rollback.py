"""Roll-back: one generation is kept after a swap and can be served again at once."""

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import Engine

from crm_eventlog.consumer.checkpoint import CheckpointConflict
from crm_eventlog.log import SqliteLog
from crm_eventlog.projection import Projector
from crm_eventlog.rebuild import (
    NothingKept,
)
from crm_eventlog.rebuild.generations import open_generation_store
from shared.eventlog.tests.rebuild.states import (
    all_ids,
    follow,
    rebuild_of,
    say,
    served,
    written,
)
from shared.eventlog.tests.support.records import ids, record


def test_a_rollback_serves_the_kept_generation_at_once_and_it_catches_up(
    engine: Engine, projector: Projector, log: SqliteLog, log_url: str
) -> None:
    with engine.begin() as db:
        db.execute(written.insert().values(event_id=UUID(int=7), customer_id=UUID(int=1), text="only in generation 1"))
    asyncio.run(rebuild_of(engine, log_url).swap())
    follow(projector, log)
    say(log, [record(7)])
    follow(projector, log)

    old, now = asyncio.run(rebuild_of(engine, log_url).roll_back())

    assert (old.number, now.number) == (2, 1)
    assert {row[0] for row in served(engine)} == all_ids() | {UUID(int=7)}
    with pytest.raises(CheckpointConflict):
        projector.process_batch([record(8)])
    follow(projector, log)
    assert {row[0] for row in served(engine)} == all_ids() | {UUID(int=7)} | ids(7)
    assert asyncio.run(rebuild_of(engine, log_url).roll_back())[1].number == 2


def test_without_a_kept_generation_there_is_no_way_back(engine: Engine, projector: Projector, log_url: str) -> None:
    with pytest.raises(NothingKept):
        asyncio.run(rebuild_of(engine, log_url).roll_back())


def test_only_one_generation_before_is_kept(engine: Engine, projector: Projector, log_url: str) -> None:
    for _ in range(3):
        asyncio.run(rebuild_of(engine, log_url).swap())

    generations = open_generation_store(engine, "written")
    assert [number for number in range(1, 6) if generations.exists(number)] == [3]
    assert (generations.served().number, generations.served().kept) == (4, 3)

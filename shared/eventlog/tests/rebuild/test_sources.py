"""A read model is built from the stores, by several processes, and for one customer."""

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import Engine, delete, select, update

from crm_eventlog.log import SqliteLog
from crm_eventlog.projection import (
    Projector,
)
from crm_eventlog.rebuild import (
    CustomerWaits,
    FromStores,
    OneCustomer,
    Rebuild,
)
from crm_eventlog.rebuild.shelf import open_shelf
from shared.eventlog.tests.notes import PARTITIONS, parse
from shared.eventlog.tests.rebuild.states import (
    MODEL,
    follow,
    rebuild_of,
    say,
    served,
    written,
)
from shared.eventlog.tests.test_projector import checkpoint, record


def test_the_stores_give_the_same_rows_as_the_log(
    engine: Engine, relayed: tuple[Projector, SqliteLog], stores: FromStores
) -> None:
    before, at = served(engine), checkpoint(engine, 1)

    report = asyncio.run(Rebuild(engine, MODEL, parse, PARTITIONS, stores).swap())

    assert (report.same, report.source, report.tables[0].rows_new) == (True, "stores", 12)
    assert (len(before), served(engine)) == (12, before)
    assert checkpoint(engine, 1) == at
    assert open_shelf(engine, "written").served().source == "stores"


def test_after_a_build_from_stores_the_log_is_read_on(
    engine: Engine, relayed: tuple[Projector, SqliteLog], stores: FromStores, log_url: str
) -> None:
    projector, log = relayed
    asyncio.run(Rebuild(engine, MODEL, parse, PARTITIONS, stores).swap())

    again = asyncio.run(rebuild_of(engine, log_url).verify())
    follow(projector, log)

    assert again.same
    assert not projector.stopped


def test_one_customers_rows_are_put_right_and_nobody_elses_touched(
    engine: Engine, relayed: tuple[Projector, SqliteLog], log_url: str
) -> None:
    of_customer = written.c.customer_id == UUID(int=1)
    with engine.begin() as db:
        right = db.execute(select(written).where(of_customer).order_by(written.c.event_id)).all()
        db.execute(update(written).values(text="forged"))
        db.execute(delete(written).where(written.c.event_id == right[0].event_id))

    report = asyncio.run(OneCustomer(rebuild_of(engine, log_url), UUID(int=1)).swap())

    (table,) = report.tables
    assert (table.only_new, table.different, table.rows_new) == (1, 3, 4)
    with engine.connect() as db:
        assert db.execute(select(written).where(of_customer).order_by(written.c.event_id)).all() == right
        assert set(db.scalars(select(written.c.text).where(~of_customer))) == {"forged"}


def test_verifying_one_customer_changes_nothing(
    engine: Engine, relayed: tuple[Projector, SqliteLog], log_url: str
) -> None:
    with engine.begin() as db:
        db.execute(update(written).values(text="forged"))
    forged = served(engine)

    report = asyncio.run(OneCustomer(rebuild_of(engine, log_url), UUID(int=1)).verify())

    assert (report.same, report.tables[0].different) == (False, 4)
    assert served(engine) == forged


def test_a_customer_whose_events_wait_is_not_rebuilt(
    engine: Engine, projector: Projector, log: SqliteLog, log_url: str
) -> None:
    say(log, [record(7, text="poison")])
    follow(projector, log)

    with pytest.raises(CustomerWaits):
        asyncio.run(OneCustomer(rebuild_of(engine, log_url), UUID(int=0)).swap())


def test_several_processes_build_the_same_rows(engine: Engine, projector: Projector, log_url: str) -> None:
    told: list[int] = []

    report = asyncio.run(rebuild_of(engine, log_url, workers=2, tell=lambda _, records: told.append(records)).swap())

    assert (report.same, report.commands, report.effects, sum(told)) == (True, 0, 0, 28)

"""Queries: read-only connections to the read models, which can wait for the caller's own writes."""

import time
from collections.abc import Iterator
from typing import Annotated

import anyio
from fastapi import Depends, Query, Request
from fastapi.concurrency import run_in_threadpool
from sqlalchemy import Connection

from crm_chassis.web.error_handlers import NotReadyYet
from crm_eventlog.aggregate import DomainError, LocalizedText
from crm_eventlog.store.engine import reading

POSITION = r"^[0-9]{1,4}:[0-9]{1,15}$"
LOOK_AGAIN_AFTER = 0.02


class PositionUnknown(DomainError, ValueError):
    """A position that no command of this service returned."""

    message = LocalizedText("This service's store has no such partition.", "此服务的存储中没有这个分区。")
    hint = LocalizedText(
        "Pass the `position` of a command's result to the service that returned it.",
        "请将命令应答中的 position 传给给出它的服务。",
    )


async def _caught_up(
    request: Request,
    at_least: Annotated[
        str | None,
        Query(
            pattern=POSITION,
            description="Show at least this position of the service's own store (`position` of a command's result); "
            "503 with Retry-After if that takes too long.",
            examples=["3:17"],
        ),
    ] = None,
) -> None:
    if at_least is None:
        return
    state = request.app.state
    if int(at_least.partition(":")[0]) >= state.settings.partitions:
        raise PositionUnknown("at_least", at_least)
    until = time.monotonic() + state.settings.wait_seconds
    while not await run_in_threadpool(state.visible, at_least):
        if time.monotonic() >= until:
            raise NotReadyYet("at_least", at_least)
        await anyio.sleep(LOOK_AGAIN_AFTER)


def _reading(request: Request, caught_up: Annotated[None, Depends(_caught_up)]) -> Iterator[Connection]:
    db = reading(request.app.state.engine)
    if db.dialect.name == "postgresql":
        # One snapshot for all statements of a query. The database refuses writes.
        db = db.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    with db:
        yield from _refusing_writes(db)


def _refusing_writes(db: Connection) -> Iterator[Connection]:
    if db.dialect.name != "sqlite":
        yield db
        return
    db.exec_driver_sql("PRAGMA query_only = ON")
    try:
        yield db
    finally:
        db.rollback()
        db.exec_driver_sql("PRAGMA query_only = OFF")


ReadConnection = Annotated[Connection, Depends(_reading, scope="function")]
"""A read-only connection to the service's read models, open while the endpoint runs."""

"""Answers while the database is down or its disk is full: nothing was done, try again."""

import sqlite3

import psycopg
import structlog
from fastapi import FastAPI, Request
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, TimeoutError
from starlette.responses import Response

from crm_chassis.web.problem import problem_response
from crm_eventlog.aggregate import LocalizedText

log = structlog.get_logger(__name__)

RETRY_AFTER = "5"
DOWN = LocalizedText(
    "The database is temporarily unavailable. Try again after the seconds in Retry-After. Repeat a command with the "
    "same Idempotency-Key: it is executed only once.",
    "数据库暂时无法响应。请在 Retry-After 所示秒数后重试；命令请使用同一 Idempotency-Key，只会执行一次。",
)
FULL = LocalizedText(
    "The database has no space left. Nothing was written, and the stored data is intact. Try again with the same "
    "Idempotency-Key once an operator has freed space.",
    "数据库空间已满，未写入任何内容，已存数据完整。请待运维人员释放空间后，使用同一 Idempotency-Key 重试。",
)
# SQLite's errors with a cause outside of the statement. Any other is a bug of ours.
_OUTSIDE = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
    }
)


def install(app: FastAPI) -> None:
    """Answer 503 while the database is down, and 507 while its disk is full."""
    for kind in (OperationalError, InterfaceError, TimeoutError):
        app.add_exception_handler(kind, _outage)


async def _outage(request: Request, exc: Exception) -> Response:
    # The pool's own time-out is not a driver error: all connections wait for a database that does not answer.
    cause = exc.orig if isinstance(exc, DBAPIError) else None
    if is_full(cause):
        log.error("the database is full", error_type=type(cause).__name__)
        return problem_response(request, 507, kind="storage-full", detail=FULL, headers={"Retry-After": RETRY_AFTER})
    if isinstance(cause, sqlite3.Error) and _code_of(cause) not in _OUTSIDE:
        raise exc
    log.warning("the database does not answer", error_type=type(cause or exc).__name__)
    return problem_response(
        request, 503, kind="database-unavailable", detail=DOWN, headers={"Retry-After": RETRY_AFTER}
    )


def is_full(cause: BaseException | None) -> bool:
    """Return True if the database refused because there is no space left."""
    if isinstance(cause, sqlite3.Error):
        return _code_of(cause) == sqlite3.SQLITE_FULL
    return isinstance(cause, psycopg.errors.DiskFull)


def _code_of(cause: sqlite3.Error) -> int:
    """Return the primary error code, without the detail that SQLite keeps in the upper bits."""
    code: int = getattr(cause, "sqlite_errorcode", 0)
    return code & 0xFF

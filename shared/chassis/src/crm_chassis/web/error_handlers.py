"""Error handlers: every refusal is answered with problem details."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from sqlalchemy.exc import DataError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from crm_chassis.web.language import negotiate_language
from crm_chassis.web.problem import UNEXPECTED, Violation, kebab, problem_response, scalar
from crm_chassis.web.validation_messages import hint_of, refused_in, rule_of
from crm_eventlog.aggregate import DomainError, LocalizedText, NotFound
from crm_eventlog.application import StaleVersion
from crm_eventlog.store import Conflict

log = structlog.get_logger(__name__)

# These errors are not about one value, and their input may be a whole document with personal details.
_VALUELESS = frozenset({"missing", "json_invalid", "json_type", "model_attributes_type"})

FASTER = LocalizedText(
    "Somebody else has just changed this record. Read it again and repeat the change.",
    "同一记录刚刚被他人修改。请重新读取后再次修改。",
)
NOT_HERE = LocalizedText(
    "This service answers on its loopback address only. Use http://127.0.0.1 with the port it printed.",
    "此服务只在本机回环地址上应答。请使用 http://127.0.0.1 及其显示的端口。",
)
UNSTORABLE = LocalizedText(
    "A value exceeds what the database allows. Shorten it and try again.", "某个值超出数据库允许的范围。请缩短后重试。"
)


# The domain names fields; the caller sent some of them as headers.
HEADER_OF = {"actor": "Crm-Actor", "expected_version": "If-Match", "command_id": "Idempotency-Key"}


class NotReadyYet(DomainError):
    """A position that the read models did not reach within the time a query may wait."""

    message = LocalizedText("The read models have not reached this position yet.", "读取模型尚未到达此位置。")
    hint = LocalizedText("Try again after the seconds in Retry-After.", "请在 Retry-After 所示秒数后重试。")


def status_of(refused: DomainError) -> int:
    """Return 404 for what does not exist, 412 for an outdated version, 422 for a bad value, 409 for other rules."""
    match refused:
        case NotFound():
            return 404
        case StaleVersion():
            return 412
        case NotReadyYet():
            return 503
        case ValueError():
            return 422
        case _:
            return 409


def install(app: FastAPI) -> None:
    """Answer every refusal of this application with problem details."""
    app.add_exception_handler(DomainError, _refused)
    app.add_exception_handler(RequestValidationError, _unacceptable)
    app.add_exception_handler(Conflict, _conflict)
    app.add_exception_handler(DataError, _unstorable)
    app.add_exception_handler(HTTPException, _http)


def violations(errors: Iterable[Mapping[str, Any]], request: Request) -> list[Violation]:
    """Return pydantic's errors as broken rules, in the reader's language."""
    language = negotiate_language(request)
    return [
        Violation(
            field=field,
            value=value,
            rule=rule_of(error).in_language(language),
            hint=hint_of(error).in_language(language),
        )
        for error in errors
        for field, value in [_named(error)]
    ]


def _named(error: Mapping[str, Any]) -> tuple[str, Any]:
    """Return the field and the value. A rule about several fields names them itself."""
    loc, found, refused = error["loc"], error.get("input"), refused_in(error)
    if refused is not None and isinstance(found, Mapping | BaseModel):
        return field_of([*loc, refused.field]), scalar(refused.value)
    return field_of(loc), None if error["type"] in _VALUELESS else scalar(found)


def field_of(loc: Iterable[str | int]) -> str:
    """Return the path of a field: `phones.0.number` for `("body", "phones", 0, "number")`.

    A broken document is `body`.
    """
    where, *path = [str(step) for step in loc] or ["body"]
    return ".".join(path) if path and not (where == "body" and path[0].isdigit()) else where


def unexpected(request: Request) -> Response:
    """Answer an unexpected error without internals, and say where to look."""
    return problem_response(request, 500, kind="unexpected", detail=UNEXPECTED)


def misdirected(request: Request) -> Response:
    """Answer a request for a host that is not this one."""
    return problem_response(request, 421, kind="misdirected", detail=NOT_HERE)


async def _refused(request: Request, exc: Exception) -> Response:
    refused = cast(DomainError, exc)
    language = negotiate_language(request)
    violation = Violation(
        field=HEADER_OF.get(refused.field, refused.field),
        value=scalar(refused.value),
        rule=refused.message.in_language(language),
        hint=refused.hint.in_language(language),
    )
    status = status_of(refused)
    return problem_response(
        request,
        status,
        kind=kebab(type(refused).__name__),
        errors=[violation],
        current_version=getattr(refused, "current", None),
        headers={"Retry-After": "1"} if status == 503 else None,
    )


async def _unacceptable(request: Request, exc: Exception) -> Response:
    errors = violations(cast(RequestValidationError, exc).errors(), request)
    return problem_response(request, 422, kind="unacceptable", errors=errors)


async def _conflict(request: Request, exc: Exception) -> Response:
    return problem_response(request, 409, kind="conflict", detail=FASTER, current_version=cast(Conflict, exc).current)


async def _unstorable(request: Request, exc: Exception) -> Response:
    log.warning("a value does not fit the database", error=type(exc).__name__)
    return problem_response(request, 422, kind="unstorable", detail=UNSTORABLE)


async def _http(request: Request, exc: Exception) -> Response:
    """Answer an error of the framework: unknown address, wrong method, unreadable body."""
    refusal = cast(HTTPException, exc)
    return problem_response(request, refusal.status_code, kind=f"http-{refusal.status_code}", headers=refusal.headers)

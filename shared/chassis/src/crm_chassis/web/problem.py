"""Problem details (RFC 9457): every refusal names the field, the value, the rule and a hint, in two languages."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from uuid import UUID

import orjson
from fastapi import Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from crm_chassis.web.language import negotiate_language
from crm_eventlog.aggregate import LocalizedText

MEDIA_TYPE = "application/problem+json"
LONGEST_VALUE = 100

TITLES: Mapping[int, LocalizedText] = {
    400: LocalizedText("The request cannot be read", "无法读取请求"),
    404: LocalizedText("Not found", "未找到"),
    405: LocalizedText("This address does not support this method", "此地址不支持该方法"),
    409: LocalizedText("A rule does not allow this", "规则不允许"),
    412: LocalizedText("The record has changed", "已被他人更改"),
    413: LocalizedText("The request is too large", "请求过大"),
    415: LocalizedText("This media type is not supported", "不支持的媒体类型"),
    421: LocalizedText("This server does not serve that host", "请求的主机不是本机"),
    422: LocalizedText("A value is not acceptable", "值不可接受"),
    500: LocalizedText("An internal error occurred", "系统内部出错"),
    503: LocalizedText("Not ready yet", "尚未就绪"),
    507: LocalizedText("The storage is full", "存储空间已满"),
}
UNEXPECTED = LocalizedText(
    "The cause is in the log under this correlation id. Try again later with the same Idempotency-Key.",
    "原因已按此关联编号记入日志。请稍后用同一 Idempotency-Key 重试。",
)


class Violation(BaseModel):
    """One broken rule."""

    field: str = Field(description="Path of the field, with dots; `body` for the whole document.")
    value: str | int | float | bool | None = Field(description="The value that was sent, at most 100 characters of it.")
    rule: str = Field(description="The broken rule, in the reader's language.")
    hint: str = Field(description="A way to correct it, in the reader's language.")


class Problem(BaseModel):
    """The reason why a request was refused, and what the caller can do (RFC 9457)."""

    type: str = Field(description="Stable name of the rule, for programs.", examples=["urn:crm:problem:not-found"])
    title: str
    status: int
    detail: str
    instance: str = Field(description="The requested path.")
    correlation_id: str = Field(description="The id under which the log has the details.")
    errors: list[Violation] = Field(default_factory=list)
    current_version: int | None = Field(default=None, description="The current version, after a conflict.")


def scalar(value: object) -> str | int | float | bool | None:
    """Return a value as it may be shown: short, and never a whole document with personal details."""
    match value:
        case None | bool():
            return value
        case int() if abs(value) < 2**53:
            return value
        case float() if value == value and abs(value) != float("inf"):
            return value
        case str() | int() | float() | Decimal() | UUID() | date() | datetime() | Enum():
            shown = str(value.value if isinstance(value, Enum) else value)[:LONGEST_VALUE]
            return shown.encode(errors="replace").decode()  # half a surrogate pair cannot be sent as text
        case _:
            return None


def kebab(name: str) -> str:
    """Return the name in kebab case: `ComplaintAlreadyResolved` gives `complaint-already-resolved`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower().replace("_", "-")


def problem_response(
    request: Request,
    status: int,
    *,
    kind: str,
    errors: Sequence[Violation] = (),
    detail: LocalizedText | None = None,
    current_version: int | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return a problem as a response."""
    language = negotiate_language(request)
    title = TITLES.get(status, TITLES[400]).in_language(language)
    problem = Problem(
        type=f"urn:crm:problem:{kind}",
        title=title,
        status=status,
        detail=detail.in_language(language) if detail else _detail(errors) or title,
        instance=str(request.scope["path"])[:500],
        correlation_id=getattr(request.state, "correlation_id", ""),
        errors=list(errors),
        current_version=current_version,
    )
    content = orjson.dumps(problem.model_dump())
    return Response(content, status, headers=dict(headers or {}), media_type=MEDIA_TYPE)


def _detail(errors: Sequence[Violation]) -> str:
    return " ".join(f"{error.rule} {error.hint}" for error in errors[:1])

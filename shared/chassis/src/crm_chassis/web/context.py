"""The context of a command, from its headers: who acts, where and when."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated
from urllib.parse import unquote

from fastapi import Depends, Header, Request

from crm_chassis.clock import NewId
from crm_eventlog.aggregate import DomainError, LocalizedText
from crm_eventlog.command_context import COMMAND_ID_MAX, CommandContext

FUTURE_TOLERATED = timedelta(minutes=5)
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
PRINTABLE = r"^[!-~]([ -~]*[!-~])?$"
CORRELATION = r"^[A-Za-z0-9._:\-]{1,100}$"
_TRACEPARENT = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
_ENCODED = (
    " ASCII; other letters percent-encoded as UTF-8 (%E6%9E%97 for 林). A value that does not decode is used unchanged."
)


class OccurredAtUnclear(DomainError, ValueError):
    """A time of occurrence without an offset, or not in ISO 8601."""

    message = LocalizedText(
        "The time must be in ISO 8601 with an offset, and not before 1900.",
        "时间应为带时区的 ISO 8601，不早于 1900 年。",
    )
    hint = LocalizedText("Use for example 2026-03-01T09:30:00+08:00.", "例如 2026-03-01T09:30:00+08:00。")


class OccurredInTheFuture(DomainError, ValueError):
    """A time of occurrence in the future."""

    message = LocalizedText("The reported event must already have happened.", "所报告的事情必须已经发生。")
    hint = LocalizedText(
        "Check the sender's clock. It may be at most five minutes ahead.", "请检查发送方的时钟，最多允许快五分钟。"
    )


def correlation_of(given: str | None, traceparent: str | None, new_id: NewId) -> str:
    """Return the correlation id: the caller's, else the id of the trace, else a new one."""
    if given and re.fullmatch(CORRELATION.strip("^$"), given):
        return given
    trace = _TRACEPARENT.fullmatch(traceparent or "")
    return trace.group(1) if trace else new_id()


def plain(text: str) -> str:
    """Decode percent-encoded UTF-8 in a header's value, or return it unchanged if that gives no printable text."""
    try:
        decoded = unquote(text, errors="strict").strip()
    except UnicodeDecodeError:
        return text
    return decoded if decoded and decoded.isprintable() else text


def occurred(text: str, now: datetime) -> datetime:
    """Return the time of occurrence in UTC. Raise if it is unclear or in the future."""
    try:
        at = datetime.fromisoformat(text)
        moment = at.astimezone(UTC) if at.tzinfo else None
    except (ValueError, OverflowError):
        moment = None
    if moment is None or moment < EARLIEST:
        raise OccurredAtUnclear("Crm-Occurred-At", text)
    if moment > now + FUTURE_TOLERATED:
        raise OccurredInTheFuture("Crm-Occurred-At", text)
    return moment


def _context(
    request: Request,
    actor: Annotated[
        str,
        Header(
            alias="Crm-Actor",
            pattern=PRINTABLE,
            max_length=200,
            description=f"The actor.{_ENCODED}",
            examples=["lin.mei"],
        ),
    ],
    unit: Annotated[
        str,
        Header(
            alias="Crm-Unit",
            pattern=PRINTABLE,
            max_length=100,
            description=f"The actor's store or office.{_ENCODED}",
            examples=["tianhe"],
        ),
    ],
    role: Annotated[
        str, Header(alias="Crm-Role", pattern=PRINTABLE, max_length=100, description=f"The actor's role.{_ENCODED}")
    ] = "staff",
    channel: Annotated[
        str,
        Header(
            alias="Crm-Channel", pattern=PRINTABLE, max_length=100, description=f"The channel of the command.{_ENCODED}"
        ),
    ] = "api",
    occurred_at: Annotated[
        str | None,
        Header(
            alias="Crm-Occurred-At",
            max_length=64,
            description="The time of the event, ISO 8601 with offset; by default the current time.",
            json_schema_extra={"format": "date-time"},
        ),
    ] = None,
    idempotency_key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            pattern=PRINTABLE,
            max_length=COMMAND_ID_MAX,
            description="A repeated key gets the first result; without a key, every request is a new command.",
        ),
    ] = None,
    if_match: Annotated[
        str | None,
        Header(
            alias="If-Match",
            pattern=r'^"(0|[1-9][0-9]{0,9})"$',
            description="Execute only while the record has this version (the ETag of an earlier response).",
        ),
    ] = None,
    correlation_id: Annotated[
        str | None,
        Header(
            alias="Crm-Correlation-Id",
            pattern=CORRELATION,
            description="The id that ties related requests and events together.",
        ),
    ] = None,
    traceparent: Annotated[str | None, Header(description="W3C trace context; ignored when malformed.")] = None,
) -> CommandContext:
    state = request.app.state
    now = state.clock()
    return CommandContext(
        command_id=idempotency_key or state.new_id(),
        actor=plain(actor),
        role=plain(role),
        unit=plain(unit),
        channel=plain(channel),
        occurred_at=occurred(occurred_at, now) if occurred_at is not None else now,
        recorded_at=now,
        correlation_id=request.state.correlation_id,
        traceparent=traceparent if _TRACEPARENT.fullmatch(traceparent or "") else None,
        expected_version=int(if_match.strip('"')) if if_match else None,
    )


Context = Annotated[CommandContext, Depends(_context)]
"""The context of the command, from the request's headers. They are trusted on loopback only."""

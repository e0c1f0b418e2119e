"""Logs: one JSON line per event on standard output, from our code and from libraries, without personal data."""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

MASK = "***"
# The last word of a key that holds personal data or a secret.
PERSONAL = frozenset(
    {"name", "names", "phone", "phones", "mobile", "email", "emails", "mail", "mails", "address", "addresses"}
    | {"birthday", "birthdate", "passport", "wechat", "password", "secret", "token", "authorization", "cookie"}
)
_IN_TEXT = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\+\d{7,15}|(?<![\w.-])1[3-9]\d{9}(?![\w-])")
_LIBRARIES = (
    "uvicorn",
    "uvicorn.error",
    "uvicorn.access",
    "aiokafka",
    "faststream",
    "alembic",
    "sqlalchemy",
    "httpx",
    "httpcore",
    "opentelemetry",
)
_DEEPEST = 5


class StandardOutput(logging.StreamHandler[Any]):
    """A handler that writes to the current standard output, even if it was replaced after logging was set up."""

    @property
    def stream(self) -> Any:
        """Ignore the attempt: standard output is not ours to change."""
        return sys.stdout

    @stream.setter
    def stream(self, _: Any) -> None:
        """Standard output is not ours to change."""


def configure(level: str = "INFO", *, service: str = "", console: bool | None = None) -> None:
    """Send every log line of this process through one pipeline: JSON, or readable text on a terminal."""
    console = sys.stdout.isatty() if console is None else console
    shared = _shared(service)
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    as_json = structlog.processors.JSONRenderer(ensure_ascii=False)
    handler = StandardOutput()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.PositionalArgumentsFormatter(), structlog.stdlib.ExtraAdder(), *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.dev.ConsoleRenderer() if console else as_json,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in _LIBRARIES:
        _calm(logging.getLogger(name), level)


def _shared(service: str) -> list[Processor]:
    """Return the processors of every line. Masking comes last, when the line is complete."""
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _of_service(service),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        without_personal_data,
    ]


def _calm(library: logging.Logger, level: str) -> None:
    """Send a library's lines through our pipeline, warnings and errors only."""
    library.handlers, library.propagate = [], True
    library.setLevel(max(logging.getLevelNamesMapping()[level], logging.WARNING))


def without_personal_data(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Mask values of personal keys, and e-mail addresses and phone numbers in any text."""
    for key, value in list(event.items()):
        event[key] = MASK if _is_personal(key) else _masked(value, 0)
    return event


def _is_personal(key: str) -> bool:
    return re.split(r"[_\-.]", key.lower())[-1] in PERSONAL


def _masked(value: Any, depth: int) -> Any:
    match value:
        case str():
            return _IN_TEXT.sub(MASK, value)
        case Mapping() if depth < _DEEPEST:
            return {key: MASK if _is_personal(str(key)) else _masked(inner, depth + 1) for key, inner in value.items()}
        case list() | tuple() if depth < _DEEPEST:
            return [_masked(inner, depth + 1) for inner in value]
        case bool() | int() | float() | None:
            return value
        case _:
            return _IN_TEXT.sub(MASK, str(value))


def _of_service(service: str) -> Processor:
    def add(_: WrappedLogger, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        if service:
            event.setdefault("service", service)
        return event

    return add

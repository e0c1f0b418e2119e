"""Traces over OpenTelemetry: a request through store, relay and log to every consumer.

A record carries the trace of its command (`ce_traceparent`), the same bytes on every delivery. Sending or processing a
batch makes one span, which links to the command of each record. No span carries the content of an event or a request,
only names, counts and error types.
"""

import asyncio
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from threading import Thread
from typing import Any, cast

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Link, Span, SpanKind, Status, StatusCode, get_current_span, use_span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.util.types import AttributeValue
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from crm_chassis.web.routes import route_of
from crm_eventlog.consumer import EventConsumer
from crm_eventlog.log import Log, LogRecord
from crm_eventlog.log.headers import Headers as RecordHeaders
from crm_eventlog.log.log import Outgoing

_TRACEPARENT = "ce_traceparent"
# The SDK drops more links than this.
_LINKED = 128
# Spans not exported by then are lost, because a missing collector must not delay the end of a process.
_HANDING_OVER = 1.0
_UNTRACED = ("/health", "/metrics")
_context = TraceContextTextMapPropagator()


class Tracing:
    """The spans of one service, exported in batches to the collector that the OTEL_* variables name."""

    def __init__(self, service: str, version: str) -> None:
        named = {} if os.environ.get("OTEL_SERVICE_NAME") else {"service.name": f"crm-{service}"}
        resource = Resource.create({"service.version": version, **named})
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        self.tracer = self._provider.get_tracer("crm_chassis", version)

    @contextmanager
    def span(
        self, name: str, kind: SpanKind, *, links: Sequence[Link] = (), **attributes: AttributeValue
    ) -> Iterator[Span]:
        """Open a span around the block. On error it records the exception type only, never its message."""
        named = {key.replace("__", "."): value for key, value in attributes.items()}
        with self.tracer.start_as_current_span(
            name, kind=kind, links=links, attributes=named, record_exception=False, set_status_on_exception=False
        ) as span:
            try:
                yield span
            except Exception as error:
                span.set_status(Status(StatusCode.ERROR, type(error).__name__))
                raise

    def appending(self, database: str, inner: Callable[[], AbstractContextManager[object]]) -> Callable[[], Any]:
        """Return a context manager that opens a span around `inner` and the append to the store."""

        @contextmanager
        def around() -> Iterator[None]:
            with self.span("append facts", SpanKind.CLIENT, db__system__name=database), inner():
                yield

        return around

    def log(self, log: Log) -> Log:
        """Return the log with a span around every append."""
        return cast(Log, _TracedLog(log, self))

    def around_batch(self, consumer: EventConsumer) -> Callable[[Sequence[LogRecord]], AbstractContextManager[object]]:
        """Return a hook that opens a span around each batch, linked to the command of every record."""
        readers = sorted(reader.name for reader in consumer.topics)

        def around(batch: Sequence[LogRecord]) -> AbstractContextManager[object]:
            topics = ", ".join(sorted({record.topic for record in batch}))
            attributes = _messaging(topics, len(batch)) | {"crm__readers": readers}
            links = links_to(record.headers for record in batch)
            return self.span("take in", SpanKind.CONSUMER, links=links, **attributes)

        return around

    async def close(self) -> None:
        """Export the remaining spans, for a second at most."""
        # A daemon thread, so that a missing collector cannot keep the process alive.
        ending = Thread(target=self._provider.shutdown, name="traces", daemon=True)
        ending.start()
        await asyncio.to_thread(ending.join, _HANDING_OVER)


class _TracedLog:
    def __init__(self, log: Log, tracing: Tracing) -> None:
        self._log, self._tracing = log, tracing

    def __getattr__(self, name: str) -> Any:
        return getattr(self._log, name)

    async def append(self, topic: str, batch: Mapping[int, Sequence[Outgoing]]) -> dict[int, int]:
        """Append inside a span that links to the command of every record."""
        links = links_to(record.headers for records in batch.values() for record in records)
        count = sum(map(len, batch.values()))
        with self._tracing.span(f"send {topic}", SpanKind.PRODUCER, links=links, **_messaging(topic, count)):
            return await self._log.append(topic, batch)


class Traced:
    """A middleware that continues the caller's trace in a span and passes its context to the command."""

    def __init__(self, app: ASGIApp, *, tracing: Tracing) -> None:
        self.app = app
        self.tracing = tracing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(_UNTRACED):
            await self.app(scope, receive, send)
            return
        await self._traced(scope, receive, send)

    async def _traced(self, scope: Scope, receive: Receive, send: Send) -> None:
        method: str = scope["method"]
        given = Headers(scope=scope)
        parent = _context.extract({name: given[name] for name in ("traceparent", "tracestate") if name in given})
        span = self.tracing.tracer.start_span(method, context=parent, kind=SpanKind.SERVER)

        async def answering(message: Message) -> None:
            if message["type"] == "http.response.start":
                status: int = message["status"]
                span.set_attribute("http.response.status_code", status)
                if status >= 500:
                    span.set_status(Status(StatusCode.ERROR))
            await send(message)

        with use_span(span, end_on_exit=True, record_exception=False):
            inner = {**scope, "headers": _with_context(scope["headers"])}
            try:
                await self.app(inner, receive, answering)
            finally:
                span.update_name(f"{method} {route_of(inner)}")
                span.set_attributes({"http.request.method": method, "http.route": route_of(inner)})


def links_to(headers: Iterable[RecordHeaders]) -> list[Link]:
    """Return a link to each command that the records come from, if they carry a trace."""
    named = {value: None for each in headers for name, value in each if name == _TRACEPARENT and value is not None}
    contexts = [_context.extract({"traceparent": value.decode("ascii", "replace")}) for value in list(named)[:_LINKED]]
    found = [get_current_span(context).get_span_context() for context in contexts]
    return [Link(context) for context in found if context.is_valid]


def _messaging(topic: str, count: int) -> dict[str, Any]:
    return {
        "messaging__system": "kafka",
        "messaging__destination__name": topic,
        "messaging__batch__message_count": count,
    }


def _with_context(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Return the headers with the current span as `traceparent`, in place of the caller's."""
    carrier: dict[str, str] = {}
    _context.inject(carrier)
    ours = [(name.encode(), value.encode()) for name, value in carrier.items() if name == "traceparent"]
    return [(name, value) for name, value in headers if name.lower() != b"traceparent"] + ours

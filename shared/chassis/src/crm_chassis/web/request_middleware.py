"""The middleware of every request: correlation id, size limit, log line, metrics, and an answer in any case."""

import time
from collections.abc import Callable

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from crm_chassis.clock import NewId
from crm_chassis.web.context import correlation_of
from crm_chassis.web.error_handlers import misdirected, unexpected
from crm_chassis.web.metrics import Metrics
from crm_chassis.web.routes import host_of, route_of

log = structlog.get_logger(__name__)

LARGEST_BODY = 1024 * 1024
# The test whether this service answers requests for a host.
Hosts = Callable[[str], bool]


class Observing:
    """A middleware in pure ASGI, so that the correlation id reaches the endpoint's thread."""

    def __init__(self, app: ASGIApp, *, new_id: NewId, metrics: Metrics, hosts: Hosts) -> None:
        self.app = app
        self.hosts = hosts
        self.new_id = new_id
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        correlation_id = correlation_of(headers.get("crm-correlation-id"), headers.get("traceparent"), self.new_id)
        scope.setdefault("state", {})["correlation_id"] = correlation_id
        with structlog.contextvars.bound_contextvars(correlation_id=correlation_id):
            await self._observed(scope, receive, send, correlation_id)

    async def _observed(self, scope: Scope, receive: Receive, send: Send, correlation_id: str) -> None:
        started = time.perf_counter()
        status = 0

        async def answering(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["Crm-Correlation-Id"] = correlation_id
            await send(message)

        try:
            await self._application(scope)(scope, bounded(receive), answering)
        except Exception:
            log.exception("unexpected", method=scope["method"], route=route_of(scope))
            if status:
                raise  # half a response is sent: break the connection, or the caller takes it for complete
            await unexpected(Request(scope))(scope, receive, answering)
        finally:
            self._note(scope, status, time.perf_counter() - started)

    def _application(self, scope: Scope) -> ASGIApp:
        """Return the application, or the answer to a foreign host.

        A page that resolves its own name to this address sends that name (DNS rebinding). It gets no answer from a
        service.
        """
        return self.app if self.hosts(host_of(scope)) else misdirected(Request(scope))

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route = route_of(scope)
        self.metrics.answered(scope["method"], route, status, seconds)
        if not route.startswith(("/health", "/metrics")):
            log.info("answered", method=scope["method"], route=route, status=status, seconds=round(seconds, 4))


def bounded(receive: Receive) -> Receive:
    """Return the request's body, refused once it is larger than any command needs."""
    taken = 0

    async def receiving() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > LARGEST_BODY:
            raise HTTPException(413)
        return message

    return receiving

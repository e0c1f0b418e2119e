"""A running service in this process: its parts on one event loop, started together and stopped in order."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Iterator, Set
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Literal, get_args

import structlog
import uvicorn
from fastapi import FastAPI

from crm_chassis.clock import Clock, NewId, new_id, now
from crm_chassis.lag import LagWatch
from crm_chassis.runtime import Run, ServiceRuntime
from crm_chassis.service import Service
from crm_chassis.settings import ServiceSettings, is_loopback
from crm_chassis.tracing.setup import tracing_of
from crm_chassis.web import create_app
from crm_eventlog.log import Log, open_log
from crm_eventlog.log.aiokafka_headers import tolerate_invalid_header_names

Part = Literal["serve", "relay", "project", "work"]
# The share of `stop_seconds` for running requests, and again for the parts. The rest is for closing connections.
SHARE = 0.4
# Seconds for which an idle connection stays open: longer than any client or proxy keeps it, so that they close it
# first. Whoever keeps it as long as we do now and then sends a request into a connection that is just being closed.
KEEP_ALIVE = 75
ALL_PARTS: frozenset[Part] = frozenset(get_args(Part))
log = structlog.get_logger(__name__)


class PartFailed(Exception):
    """A part of a service that ended without being stopped."""


@dataclass
class TaskRunner:
    """A running service: its address and its tasks."""

    runtime: ServiceRuntime
    url: str
    lag: LagWatch
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    def start(self, name: str, run: Run) -> None:
        """Start a part that runs until `stop`."""
        self.tasks[name] = asyncio.create_task(run(self.stop), name=f"{self.runtime.service.name} {name}")

    async def until(self, stop: asyncio.Event) -> None:
        """Wait until `stop`. Raise `PartFailed` if a part ends by itself."""
        waiting = asyncio.create_task(stop.wait())
        try:
            done, _ = await asyncio.wait({waiting, *self.tasks.values()}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
        for task in done - {waiting}:
            raise PartFailed(task.get_name()) from task.exception()

    async def finish(self, seconds: float) -> None:
        """Stop every part and wait until it has finished its work. Cancel those that take longer than `seconds`."""
        self.stop.set()
        self.runtime.reactor.stopping.set()
        if not self.tasks:
            return
        _, late = await asyncio.wait(self.tasks.values(), timeout=seconds)
        for task in late:
            log.warning("cancelled", part=task.get_name(), seconds=seconds)
            task.cancel()
        await asyncio.gather(*self.tasks.values(), return_exceptions=True)


@asynccontextmanager
async def run_service(
    service: Service,
    settings: ServiceSettings | None = None,
    *,
    parts: Set[Part] = ALL_PARTS,
    clock: Clock = now,
    new_id: NewId = new_id,
    topics: Log | None = None,
    migrate: bool = False,
) -> AsyncIterator[TaskRunner]:
    """Run the service until the block ends. Five services fit on one event loop.

    `topics` is a log shared with other services. Without it, the log of the settings is opened and closed. `migrate`
    first brings the database to the schema of this code. A process that does not serve answers for its health and its
    metrics only.
    """
    settings = settings or service.settings()
    async with AsyncExitStack() as stack:
        runtime = _opened(stack, service, settings, topics, clock)
        await asyncio.to_thread(runtime.migrate if migrate else runtime.refuse_unmigrated)
        await runtime.create_topics()
        listening = stack.enter_context(_listening(settings))
        host = TaskRunner(runtime, _url(listening, settings), _lag(runtime, parts))
        stack.push_async_callback(host.finish, settings.stop_seconds * SHARE)
        _start(host, parts)
        app = create_app(
            service if "serve" in parts else service.without_routers(),
            runtime.application,
            runtime.engine,
            settings=settings,
            clock=clock,
            new_id=new_id,
            visible=runtime.visible,
            lags=host.lag,
            hosts=is_loopback,
            tracing=runtime.tracing,
        )
        async with _serving(app, listening, settings.stop_seconds * SHARE):
            log.info("at work", service=service.name, parts=sorted(parts), url=host.url)
            yield host
        log.info("stopping", service=service.name)


def _opened(
    stack: AsyncExitStack, service: Service, settings: ServiceSettings, topics: Log | None, clock: Clock
) -> ServiceRuntime:
    """Open the service on its database, its log and its traces. The stack closes what is opened here."""
    # One header name that is not UTF-8 stops aiokafka from reading every partition.
    tolerate_invalid_header_names()
    shared = topics or open_log(settings.log_url, clock)
    if topics is None:
        stack.push_async_callback(shared.close)
    tracing = tracing_of(service, os.environ)
    if tracing is not None:
        stack.push_async_callback(tracing.close)
    runtime = ServiceRuntime.open(service, settings, shared, clock, tracing)
    stack.callback(runtime.engine.dispose)
    stack.push_async_callback(asyncio.to_thread, runtime.reactor.close)
    return runtime


def _start(host: TaskRunner, parts: Set[Part]) -> None:
    runtime = host.runtime
    host.start("lag", host.lag.run)
    if "relay" in parts:
        host.start("relay", runtime.relaying())
    if "project" in parts and runtime.projector.topics:
        runtime.projector.prepare()
        host.start("project", runtime.following(runtime.projector, group="project"))
    if "work" in parts and runtime.reacts:
        runtime.reactor.prepare()
        host.start("react", runtime.following(runtime.reactor, group="work"))
    if "work" in parts:
        host.start("tick", runtime.ticking())


def _lag(runtime: ServiceRuntime, parts: Set[Part]) -> LagWatch:
    taking = [
        consumer for part, consumer in (("project", runtime.projector), ("work", runtime.reactor)) if part in parts
    ]
    most = runtime.settings.parked_most
    return LagWatch(runtime.engine, runtime.log, taking=taking, clock=runtime.clock, parking=most)


@contextmanager
def _listening(settings: ServiceSettings) -> Iterator[socket.socket]:
    """Open a socket that accepts connections from now on. Callers wait until the service answers."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.create_server((settings.host, settings.port), family=family, backlog=1024) as listening:
        # Connections inherit it; asyncio sets it only on sockets of its own, and every answer would wait 40 ms for an
        # acknowledgement between its head and its body.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield listening


def _url(listening: socket.socket, settings: ServiceSettings) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{listening.getsockname()[1]}"


class _Server(uvicorn.Server):
    """A uvicorn server that leaves the signals to the process."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def _serving(app: FastAPI, listening: socket.socket, seconds: float) -> AsyncIterator[None]:
    """Answer on this socket. At the end, let the running requests finish."""
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=seconds,  # type: ignore[arg-type]  # declared as whole seconds, waited for as any
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[listening]), name=f"serve {app.title}")
    try:
        yield
    finally:
        server.should_exit = True
        await task

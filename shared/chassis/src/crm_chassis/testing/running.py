"""A whole service inside a test: it relays, projects, reacts and prints its help."""

import asyncio
import io
import runpy
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from datetime import datetime

from crm_chassis.runtime import ServiceRuntime
from crm_chassis.settings import ServiceSettings
from crm_chassis.testing.web_client import Client
from crm_eventlog.consumer import PollingConsumer
from crm_eventlog.envelope import CloudEvent, from_record
from crm_eventlog.log import MemoryLog
from crm_eventlog.ownership import open_ownership
from crm_eventlog.relay import Relay


def runtime_behind(web: Client, settings: ServiceSettings, clock: Callable[[], datetime]) -> ServiceRuntime:
    """Return the runtime behind the web client, on a log in memory. The caller migrates and creates topics."""
    return ServiceRuntime(
        service=web.service,
        settings=settings,
        engine=web.engine,
        application=web.application,
        log=MemoryLog(clock),
        clock=clock,
    )


def settle(runtime: ServiceRuntime, tick: Callable[[], int] = lambda: 0) -> None:
    """Relay, project, react and `tick` until nothing is left to do."""
    asyncio.run(_settle(runtime, tick))


async def _settle(runtime: ServiceRuntime, tick: Callable[[], int]) -> None:
    service, store = runtime.service, runtime.application.store
    ownership = open_ownership(runtime.engine)
    relay = Relay(store, runtime.application.mapper, service.publish, runtime.log, ownership, topic=service.topic)
    intakes = (runtime.projector, runtime.reactor)
    readers = [PollingConsumer(each, runtime.log, frozenset().union(*each.topics.values())) for each in intakes]
    try:
        while await relay.step() or sum([await reader.step() for reader in readers]) or tick():
            pass
    finally:
        await relay.release()


def said_by(runtime: ServiceRuntime) -> list[CloudEvent]:
    """Return the events that the service published on its topic, partition by partition."""
    topic, log = runtime.service.topic, runtime.log
    parts = range(runtime.settings.partitions)
    records = [each for part in parts for each in asyncio.run(log.read(topic, part, 0, 10_000))]
    events = [from_record(record.headers, record.value, runtime.service.parse) for record in records]
    return [event for event in events if event is not None]


def help_of(package: str) -> str:
    """Run `python -m PACKAGE --help` in this process and return the printed text."""
    main, arguments, printed = f"{package}.__main__", sys.argv, io.StringIO()
    loaded = sys.modules.pop(main, None)
    try:
        sys.argv = [package, "--help"]
        with redirect_stdout(printed):
            runpy.run_module(package, run_name="__main__")
    except SystemExit as ended:
        if ended.code:
            raise
    finally:
        sys.argv = arguments
        if loaded is not None:
            sys.modules[main] = loaded
    return printed.getvalue()

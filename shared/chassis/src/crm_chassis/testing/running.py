"""A whole service in the process of a test: it relays, projects, reacts and prints its help."""

import asyncio
import io
import runpy
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from datetime import datetime

from crm_chassis.settings import ServiceSettings
from crm_chassis.testing.web_client import Client
from crm_chassis.works import Works
from crm_eventlog.envelope import CloudEvent, from_record
from crm_eventlog.log import MemoryLog
from crm_eventlog.ownership import open_ownership
from crm_eventlog.projection import Follower
from crm_eventlog.relay import Relay


def works_behind(web: Client, settings: ServiceSettings, clock: Callable[[], datetime]) -> Works:
    """Put the rest of the service behind its web face, on a log in memory; the caller migrates and creates topics."""
    return Works(
        service=web.service,
        settings=settings,
        engine=web.engine,
        application=web.application,
        log=MemoryLog(clock),
        clock=clock,
    )


def settle(works: Works, tick: Callable[[], int] = lambda: 0) -> None:
    """Relay, project, react and `tick` until nothing is left to do."""
    asyncio.run(_settle(works, tick))


async def _settle(works: Works, tick: Callable[[], int]) -> None:
    service, store = works.service, works.application.store
    ownership = open_ownership(works.engine)
    relay = Relay(store, works.application.mapper, service.publish, works.log, ownership, topic=service.topic)
    intakes = (works.projector, works.reactor)
    readers = [Follower(each, works.log, frozenset().union(*each.topics.values())) for each in intakes]
    try:
        while await relay.step() or sum([await reader.step() for reader in readers]) or tick():
            pass
    finally:
        await relay.release()


def said_by(works: Works) -> list[CloudEvent]:
    """Read what the service said on its topic, in the order of its partitions."""
    topic, log = works.service.topic, works.log
    parts = range(works.settings.partitions)
    records = [each for part in parts for each in asyncio.run(log.read(topic, part, 0, 10_000))]
    events = [from_record(record.headers, record.value, works.service.parse) for record in records]
    return [event for event in events if event is not None]


def help_of(package: str) -> str:
    """Start a service as `python -m PACKAGE --help` does, in this process; return what it prints."""
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

"""States and builders for a service's own tests: its web face on a SQLite store, a fixed clock, ids in sequence."""

import asyncio
import io
import runpy
import sys
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from fastapi.testclient import TestClient
from sqlalchemy import Connection, Engine, MetaData, Table, create_engine

from crm_chassis.service import Service
from crm_chassis.settings import ServiceSettings
from crm_chassis.web import create_app
from crm_chassis.works import Works
from crm_eventlog.application import Application
from crm_eventlog.circumstances import Circumstances
from crm_eventlog.envelope import CloudEvent, from_record
from crm_eventlog.log import MemoryLog
from crm_eventlog.migrate import migrate
from crm_eventlog.ownership import open_ownership
from crm_eventlog.projection import Follower, ReadModel
from crm_eventlog.relay import Relay
from crm_eventlog.store import EventStore, open_engine, open_store

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SAID_BY = {"Crm-Actor": "lin.mei", "Crm-Role": "clerk", "Crm-Unit": "tianhe", "Crm-Channel": "store"}
PARTITIONS = 4
# So that no test passes which takes one clock for the other: what happened at noon is learned in the afternoon.
UNTIL_LEARNED = timedelta(hours=3)


def at_noon() -> datetime:
    """The fixed clock: noon of 1 March 2026, UTC."""
    return NOON


def ids_in_sequence() -> Callable[[], str]:
    """Ids that are the same in every run: 00000000-0000-0000-0000-000000000001, …2, …3."""
    numbers = count(1)
    return lambda: str(UUID(int=next(numbers)))


def circumstances(**changes: Any) -> Circumstances:
    """Lin Mei, clerk of the Tianhe store, at noon; each call another command unless `command_id` is named.

    It is recorded three hours after it occurred, unless `recorded_at` is named.
    """
    said: dict[str, Any] = {
        "command_id": str(uuid.uuid4()),
        "actor": "lin.mei",
        "role": "clerk",
        "unit": "tianhe",
        "channel": "store",
        "occurred_at": NOON,
        "correlation_id": "a-visit",
        **changes,
    }
    return Circumstances(**{"recorded_at": said["occurred_at"] + UNTIL_LEARNED, **said})


def heard(event: Any, **changes: Any) -> CloudEvent:
    """A public event as a reader of the log gets it, said at noon by Lin Mei; its id follows from its content.

    It happened at `time` and was recorded three hours later, unless `recorded_at` is named.

    The stream and the partition key are the event's `customer_id`, or one and the same id, unless named.
    """
    kind: str = getattr(event, "TYPE", type(event).__name__)
    key = getattr(event, "customer_id", UUID(int=7))
    said: dict[str, Any] = {
        "source": kind.split(".")[1] if kind.count(".") > 1 else "elsewhere",
        "type": kind,
        "subject": key,
        "sequence": 1,
        "time": NOON,
        "partition_key": key,
        "position": "0:1",
        "actor": "lin.mei",
        "role": "clerk",
        "unit": "tianhe",
        "channel": "store",
        "correlation_id": "a-visit",
        "causation_id": None,
        "traceparent": None,
        "data": event,
        **changes,
    }
    said.setdefault("recorded_at", said["time"] + UNTIL_LEARNED)
    content = f"{said['type']}{said['subject']}{said['sequence']}{said['time']}{event!r}"
    said.setdefault("id", uuid5(UUID(int=0), content))
    return CloudEvent(**said)


@contextmanager
def database(*tables: Table, url: str = "sqlite://") -> Iterator[Connection]:
    """A database that has just these tables, in one open transaction."""
    engine = create_engine(url)
    with engine.begin() as db:
        for table in tables:
            table.create(db, checkfirst=True)
        yield db
    engine.dispose()


class Client(TestClient):
    """The service's web face, with what a test looks at behind it."""

    service: Service
    application: Application
    engine: Engine
    store: EventStore

    def command(self, name: str, body: Mapping[str, Any], **headers: str) -> Any:
        """Ask a command by its name in kebab case; headers by name, `idempotency_key="k"`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.post(f"/commands/{name}", json=dict(body), headers=named)

    def tell(self, *events: CloudEvent, read_model: ReadModel | None = None) -> None:
        """Let the service's read models take in these events, as their engine would."""
        for model in (read_model,) if read_model else self.service.read_models:
            with self.engine.begin() as db:
                model.project(topics_heard(model, events), db)


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


def topics_heard(model: ReadModel, events: Sequence[CloudEvent]) -> list[CloudEvent]:
    """The events a read model hears: those of its topics."""
    return [event for event in events if f"crm.{event.source}.v1" in model.topics]


@contextmanager
def client(
    service: Service, directory: Path, *, settings: ServiceSettings | None = None, **given: Any
) -> Iterator[Client]:
    """The service on a SQLite store in `directory`, with a fixed clock and ids in sequence.

    Headers say Lin Mei, clerk in Tianhe. `given` goes to `create_app` (`clock`, `new_id`, `visible`, `lags`).
    """
    settings = settings or service.settings(
        database_url=f"sqlite:///{directory / service.name}.db", partitions=PARTITIONS
    )
    engine = open_engine(settings.database_url, pool_size=5)
    migrate(engine, partitions=settings.partitions)
    tables = MetaData()
    for model in service.read_models:
        for table in model.tables:
            table.to_metadata(tables)
    tables.create_all(engine)
    store = open_store(engine, source=service.name, partitions=settings.partitions)
    given = {"clock": at_noon, "new_id": ids_in_sequence(), **given}
    application = service.application(store)
    app = create_app(service, application, engine, settings=settings, **given)
    with Client(app, headers=SAID_BY, raise_server_exceptions=False) as caller:
        caller.service, caller.application = service, application
        caller.engine, caller.store = engine, store
        yield caller
    engine.dispose()

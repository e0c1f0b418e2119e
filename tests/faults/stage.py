"""One service of a test's own on a real PostgreSQL and a real Kafka: its processes, and what they left behind."""

import asyncio
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from signal import SIGCONT, SIGSTOP, SIGTERM
from time import monotonic
from uuid import UUID

import httpx
import psutil
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.coordinator.protocol import ConsumerProtocolMemberAssignment
from sqlalchemy import Engine, Table, func, make_url, select, text
from sqlalchemy.exc import InterfaceError, OperationalError

from crm_chassis.clock import now
from crm_chassis.runtime import ServiceRuntime
from crm_eventlog.audit import verify_chains
from crm_eventlog.consumer import count_parked, is_visible
from crm_eventlog.log import KafkaLog, LogRecord
from crm_eventlog.log.kafka import bootstrap_of
from crm_eventlog.relay import unpublished
from crm_eventlog.tables import counters, events, relay_checkpoints
from crm_local.server import Server, free_ports
from crm_support.settings import Settings
from tests.architecture.sources import ROOT
from tests.faults.checks import Fact, Sent
from tests.faults.service import NAME, SKEW, folds, refused, service, times_folded

PARTITIONS = 4
DEADLINE = 120
_LINES_SHOWN = 8
_FACT = ("command_id", "originator_id", "originator_version", "part", "pos", "event_id")
_LOOK_AGAIN = threading.Event()


@dataclass
class Process:
    """A process of the service, with the address where it tells of its health."""

    server: Server
    url: str
    name: str
    ended_by_us: bool = False

    def kill(self) -> None:
        """Send `kill -9`, and wait until it is gone."""
        self.ended_by_us = True
        self.server.kill()

    def stop(self) -> None:
        """Ask it to end, and wait until it has."""
        self.ended_by_us = True
        self.server.stop()

    def refuse_an_end_of_its_own(self) -> None:
        """Fail when the process ended by itself."""
        ended = not self.ended_by_us and self.server.process is None
        assert not ended, f"{self.name} ended by itself:\n{self.complaints()}"

    def complaints(self) -> str:
        """Return the last lines of its log that are more than information."""
        lines = self.server.log.read_text(errors="replace").splitlines()
        return "\n".join([line for line in lines if '"level": "info"' not in line][-_LINES_SHOWN:])

    def freeze(self) -> None:
        """Suspend the process: it does not know, and its connections stay."""
        self._alive.send_signal(SIGSTOP)

    def thaw(self) -> None:
        """Let it go on as if no time had passed."""
        self._alive.send_signal(SIGCONT)

    @property
    def _alive(self) -> psutil.Process:
        assert self.server.process is not None, f"{self.server.name} is gone"
        return self.server.process

    def readiness(self) -> str:
        """Return its readiness; empty when it does not answer."""
        try:
            return httpx.get(f"{self.url}/health/ready", timeout=10).text
        except httpx.TransportError:
            return ""

    def at_work(self) -> bool:
        """Tell if it has begun; a process that ended by itself is a mistake."""
        self.refuse_an_end_of_its_own()
        try:
            return httpx.get(f"{self.url}/health/live", timeout=10).is_success
        except httpx.TransportError:
            return False


@dataclass
class Stage:
    """The service's database, its topic, and the processes that were launched on them."""

    runtime: ServiceRuntime
    folder: Path
    database: str
    environment: dict[str, str]
    launched: list[Process] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=count)

    def launch(self, part: str, *, port: int = 0, skew: float = 0, **settings: object) -> Process:
        """Begin a process that does this part of the work; settings by their names, its clock wrong by `skew`."""
        port = port or free_ports(1)[0]
        name = f"{self.runtime.service.name}-{next(self.numbers):02d}-{part}"
        settings = {"port": port, "database_url": self._known_as(name), **settings}
        given = {f"CRM_SUPPORT_{word.upper()}": str(value) for word, value in settings.items()}
        server = Server(name, self.folder, SIGTERM)
        environment = {**self.environment, SKEW: str(skew), **given}
        server.launch([sys.executable, "-m", "tests.faults.service", part], environment=environment)
        self.launched.append(Process(server, f"http://127.0.0.1:{port}", name))
        return self.launched[-1]

    def _known_as(self, name: str) -> str:
        """Return the database's address for a process that the database knows by this name."""
        known = make_url(self.database).update_query_dict({"application_name": name})
        return known.render_as_string(hide_password=False)

    def until(self, condition: Callable[[], object], what: str) -> None:
        """Wait for what must come, with a deadline; it ends with what every process said last."""
        deadline = monotonic() + DEADLINE
        while not self._now(condition):
            for each in self.launched:
                each.refuse_an_end_of_its_own()
            if monotonic() > deadline:
                complaints = "\n".join(f"{each.name}:\n{each.complaints()}" for each in self.launched)
                raise AssertionError(f"after {DEADLINE} s not yet: {what}\n{complaints}")
            _LOOK_AGAIN.wait(0.03)

    @staticmethod
    def _now(condition: Callable[[], object]) -> object:
        try:
            return condition()
        except (OperationalError, InterfaceError):
            # The database was restarted under us: the next question gets another connection.
            return False

    @contextmanager
    def held(self, table: Table) -> Iterator[None]:
        """Lock a table until the block ends; the block begins as soon as somebody waits for the lock."""
        with self.engine.begin() as db:
            db.execute(text(f"LOCK TABLE {table.name} IN SHARE MODE"))
            holder = db.scalar(text("SELECT pg_backend_pid()"))
            self.until(lambda: self._waiting_for(holder), f"somebody who changes {table.name}")
            yield

    def _waiting_for(self, holder: int | None) -> bool:
        waiting = "datname = current_database() AND :holder = ANY(pg_blocking_pids(pid))"
        with self.engine.connect() as db:
            return bool(db.scalar(text(f"SELECT count(*) FROM pg_stat_activity WHERE {waiting}"), {"holder": holder}))

    def end_sessions_of(self, process: Process) -> None:
        """End every session of this process at the database, as after a broken connection."""
        ended = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = :name")
        with self.engine.begin() as db:
            db.execute(ended, {"name": process.name}).all()

    def asks_for_ownership(self, process: Process) -> bool:
        """Tell if it has asked to become the relay."""
        query = text("SELECT query FROM pg_stat_activity WHERE application_name = :name")
        with self.engine.connect() as db:
            return any("pg_try_advisory_lock" in running for running in db.scalars(query, {"name": process.name}))

    @property
    def engine(self) -> Engine:
        return self.runtime.engine

    def stored(self) -> int:
        """Count the facts in the store."""
        with self.engine.connect() as db:
            return int(db.scalar(select(func.sum(counters.c.n))) or 0)

    def relayed(self) -> int:
        """Count the facts that the relay has done with."""
        with self.engine.connect() as db:
            return int(db.scalar(select(func.sum(relay_checkpoints.c.pos))) or 0)

    def epochs(self) -> set[int]:
        """Count the owners that each partition has had."""
        with self.engine.connect() as db:
            return set(db.scalars(select(relay_checkpoints.c.epoch)))

    def folded(self) -> int:
        """Count the events that the witness has seen."""
        with self.engine.connect() as db:
            return int(db.scalar(select(func.count()).select_from(folds)) or 0)

    def caught_up(self) -> bool:
        """Tell if every reader has processed everything that is stored, and nothing is parked."""
        store = self.runtime.application.store
        ends = [f"{part}:{n}" for part, (n, _) in store.heads().items()]
        if unpublished(self.engine).facts or not all(
            is_visible(self.engine, self.runtime.service.topic, end) for end in ends
        ):
            return False
        return not self.parked()

    def parked(self) -> dict[str, tuple[int, int]]:
        """Return the number of parked records and keys of each reader."""
        with self.engine.connect() as db:
            return count_parked(db)

    def shares(self, group: str = "project") -> list[set[int]]:
        """Return the partitions of each member of a group."""
        return asyncio.run(shares_of(self.runtime.settings.log_url, f"crm-{self.runtime.service.name}-{group}"))

    def facts(self) -> list[Fact]:
        """Return all facts of the store."""
        with self.engine.connect() as db:
            rows = db.execute(select(*(events.c[name] for name in _FACT)).order_by(events.c.part, events.c.pos))
            return [Fact(*row) for row in rows]

    def broken_links(self) -> list[object]:
        """List what the hash chains of the store do not bear out."""
        return list(verify_chains(self.runtime.application.store))

    def topic(self) -> list[LogRecord]:
        """Return all records of the topic, partition by partition."""

        async def read() -> list[LogRecord]:
            log, topic = KafkaLog(self.runtime.settings.log_url), self.runtime.service.topic
            records: list[LogRecord] = []
            for partition, end in sorted((await log.end_offsets(topic)).items()):
                offset = 0
                while offset < end:
                    records += await log.read(topic, partition, offset, end - offset)
                    offset = records[-1].offset + 1
            await log.close()
            return records

        return asyncio.run(read())

    def times_folded(self) -> dict[UUID, int]:
        """Return the number of times the projectors folded each event, by its id."""
        return times_folded(self.engine)


async def shares_of(log_url: str, group: str) -> list[set[int]]:
    """Return the partitions of each member of a consumer group; none while the group rebalances."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap_of(log_url))
    await admin.start()
    try:
        (answer,) = await admin.describe_consumer_groups([group])
    finally:
        await admin.close()
    ((_, _, _, _, _, members, *_),) = answer.groups
    assigned = [ConsumerProtocolMemberAssignment.decode(member[4]) for member in members if member[4]]
    return [{number for _, numbers in each.assignment for number in numbers} for each in assigned]


def as_sent(record: LogRecord) -> Sent:
    """Return a record as the checks look at it."""
    headers = dict(record.headers)
    event_id, position = (str((headers[name] or b"").decode()) for name in ("ce_id", "ce_position"))
    pos = int(position.rpartition(":")[2])
    return Sent(record.partition, pos, UUID(event_id), repr((record.key, record.value, record.headers)).encode())


@contextmanager
def on_stage(name: str, database: str, kafka: str, folder: Path, *, troubled: str = "") -> Iterator[Stage]:
    """Start an empty service called `name`; at the end every process of it that still runs is killed.

    Its processes reach the database at `troubled`, where that is another address than ours.
    """
    settings = Settings(database_url=database, log_url=f"kafka://{kafka}", partitions=PARTITIONS)
    runtime = ServiceRuntime.open(service(name), settings, KafkaLog(settings.log_url), now)
    runtime.migrate()
    refused.create(runtime.engine)
    asyncio.run(_make_topics(runtime))
    environment = {
        NAME: name,
        "PYTHONPATH": os.pathsep.join((str(ROOT), os.environ.get("PYTHONPATH", ""))),
        "CRM_SUPPORT_LOG_URL": settings.log_url,
        "CRM_SUPPORT_PARTITIONS": str(PARTITIONS),
    }
    stage = Stage(runtime, folder, troubled or database, environment)
    try:
        yield stage
    finally:
        for process in stage.launched:
            process.server.kill()
        runtime.engine.dispose()


async def _make_topics(runtime: ServiceRuntime) -> None:
    await runtime.create_topics()
    await runtime.log.close()

"""Support under a name, and so on a topic, of a test's own: `python -m tests.faults.service serve|relay|project|rival`.

Its classes are the real ones. A witness stands beside its read models: it counts how often each event was folded.
All of them refuse the customers in a table, as a projection does that is wrong about somebody. A rival folds into the
same rows as the projectors, and is none of their group.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Column, Connection, Engine, Integer, MetaData, Table, Uuid, select
from sqlalchemy.dialects import postgresql, sqlite

from crm_chassis import logs
from crm_chassis.clock import now
from crm_chassis.process import main
from crm_chassis.runner import run_service
from crm_chassis.runtime import ServiceRuntime
from crm_chassis.service import Service
from crm_chassis.slice import Slice
from crm_eventlog.consumer.kafka_consumer import KafkaConsumer
from crm_eventlog.envelope import CloudEvent
from crm_eventlog.log import open_log
from crm_eventlog.projection import ReadModel
from crm_events import TOPICS
from crm_support.service import SERVICE

NAME = "CRM_FAULTS_SERVICE"
# By how many seconds the clock of this process is wrong.
SKEW = "CRM_FAULTS_SKEW"
RIVALS = "rivals"

folds = Table(
    "folds",
    MetaData(),
    Column("event_id", Uuid, primary_key=True),
    Column("times", Integer, nullable=False),
)
refused = Table("refused", MetaData(), Column("partition_key", Uuid, primary_key=True))


class RefusedHere(Exception):
    """This projection is wrong about this customer."""


def bear_witness(events: Sequence[CloudEvent], db: Connection) -> None:
    """Count every fold of every event: as naive as a read model may be."""
    insert = postgresql.insert if db.dialect.name == "postgresql" else sqlite.insert
    once_more = insert(folds).on_conflict_do_update(index_elements=["event_id"], set_={"times": folds.c.times + 1})
    db.execute(once_more, [{"event_id": event.id, "times": 1} for event in events])


def times_folded(engine: Engine) -> dict[UUID, int]:
    """Return the number of times each event was folded, by its id."""
    with engine.connect() as db:
        return dict(row._tuple() for row in db.execute(select(folds)))


WITNESS = ReadModel("folds", 1, (folds,), frozenset(TOPICS), bear_witness)
BESIDE = Slice(name="folds", read_models=(WITNESS,))


def refusing(model: ReadModel) -> ReadModel:
    """Return the same read model, which cannot process events of the customers in `refused`."""

    def project(events: Sequence[CloudEvent], db: Connection) -> None:
        if not {event.partition_key for event in events}.isdisjoint(db.scalars(select(refused))):
            raise RefusedHere
        model.project(events, db)

    return replace(model, project=project)


def service(name: str) -> Service:
    """Return support, called `name`, which reads itself alone and reacts to nothing."""
    own = frozenset({f"crm.{name}.v1"})

    def rebuild_lock(each: Slice) -> Slice:
        models = tuple(refusing(replace(model, topics=own)) for model in each.read_models)
        return replace(each, read_models=models, policies=(), deadlines=())

    return replace(SERVICE, name=name, slices=tuple(map(rebuild_lock, (*SERVICE.slices, BESIDE))))


async def with_a_wrong_clock(of: Service, part: str, skew: timedelta) -> None:
    """Do the part of the work with a clock that is so much ahead."""

    def wrong() -> datetime:
        return now() + skew

    async with run_service(of, parts={part}, clock=wrong) as host:  # type: ignore[arg-type]
        await host.until(told_to_stop())


async def as_a_rival(of: Service) -> None:
    """Fold what the projectors fold, in a group of our own."""
    settings = of.settings()
    runtime = ServiceRuntime.open(of, settings, open_log(settings.log_url, now), now)
    runtime.projector.prepare()
    group = f"crm-{of.name}-{RIVALS}"
    follower = KafkaConsumer(runtime.projector, settings.log_url, {of.topic}, group=group, batch=settings.project_batch)
    await follower.run(told_to_stop())


def told_to_stop() -> asyncio.Event:
    """Set when the system asks us to end."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    return stop


def begin(of: Service, part: str, skew: float) -> None:
    """Begin the work of this process."""
    if part != "rival" and not skew:
        main(of)
    logs.configure("INFO", service=of.name)
    work = as_a_rival(of) if part == "rival" else with_a_wrong_clock(of, part, timedelta(seconds=skew))
    asyncio.run(work)


if __name__ == "__main__":
    begin(service(os.environ[NAME]), sys.argv[1], float(os.environ.get(SKEW, "0")))

"""Support under a name, and so on a topic, of a test's own: `python -m tests.faults.service serve|relay|project`.

Its classes are the real ones. A witness stands beside its read models: it counts how often each event was folded.
"""

import os
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import Column, Connection, Engine, Integer, MetaData, Table, Uuid, select
from sqlalchemy.dialects import postgresql, sqlite

from crm_chassis.process import main
from crm_chassis.service import Service
from crm_eventlog.envelope import CloudEvent
from crm_eventlog.projection import ReadModel
from crm_events import TOPICS
from crm_support.__main__ import SERVICE

NAME = "CRM_FAULTS_SERVICE"

folds = Table(
    "folds",
    MetaData(),
    Column("event_id", Uuid, primary_key=True),
    Column("times", Integer, nullable=False),
)


def bear_witness(events: Sequence[CloudEvent], db: Connection) -> None:
    """Count every fold of every event: as naive as a read model may be."""
    insert = postgresql.insert if db.dialect.name == "postgresql" else sqlite.insert
    once_more = insert(folds).on_conflict_do_update(index_elements=["event_id"], set_={"times": folds.c.times + 1})
    db.execute(once_more, [{"event_id": event.id, "times": 1} for event in events])


def times_folded(engine: Engine) -> dict[UUID, int]:
    """Event id -> how often it was folded."""
    with engine.connect() as db:
        return dict(row._tuple() for row in db.execute(select(folds)))


WITNESS = ReadModel("folds", 1, (folds,), frozenset(TOPICS), bear_witness)


def service(name: str) -> Service:
    """Support, called `name`, hearing itself alone and reacting to nothing."""
    own = frozenset({f"crm.{name}.v1"})
    models = tuple(replace(model, topics=own) for model in (*SERVICE.read_models, WITNESS))
    return replace(SERVICE, name=name, read_models=models, policies=(), deadlines=())


if __name__ == "__main__":
    main(service(os.environ[NAME]))

"""The read models of a run without a fault: every public fact of the store, projected once, in order."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from eventsourcing.persistence import StoredEvent
from sqlalchemy import Engine, select

from crm_chassis.runtime import ServiceRuntime
from crm_eventlog.envelope import to_record
from crm_eventlog.log import LogRecord
from crm_eventlog.migrate import migrate
from crm_eventlog.projection import Projector
from crm_eventlog.store import open_engine
from crm_history import digest
from tests.faults.service import refused

Rows = dict[str, list[tuple[Any, ...]]]


def records_of(runtime: ServiceRuntime) -> list[LogRecord]:
    """Return every public fact as its record, each once, in the order of its partition."""
    records: list[LogRecord] = []
    for part in range(runtime.settings.partitions):
        for offset, fact in enumerate(runtime.application.store.read(part, 0, 1_000_000)):
            stored = StoredEvent(fact.originator_id, fact.originator_version, fact.topic, fact.state)
            public = runtime.service.publish(runtime.application.mapper.to_domain_event(stored), fact.partition_key)
            assert public is not None, "every fact of these customers is public"
            sent = to_record(runtime.service.name, fact, public)
            records.append(LogRecord(runtime.service.topic, part, offset, *sent, fact.recorded_at))
    return records


@contextmanager
def clean_run(runtime: ServiceRuntime, folder: Path) -> Iterator[Engine]:
    """Make a database of its own with the read models as they must be."""
    engine = open_engine(f"sqlite:///{folder / 'clean.db'}")
    migrate(engine, partitions=runtime.settings.partitions)
    refused.create(engine)
    models, parse = runtime.service.read_models, runtime.service.parse
    projector = Projector(engine, models, parse, runtime.clock, partitions=runtime.settings.partitions)
    projector.prepare()
    projector.process_batch(records_of(runtime))
    yield engine
    engine.dispose()


def rows_of(runtime: ServiceRuntime, engine: Engine) -> Rows:
    """Return the rows of each table, in the order of their text."""
    tables = [table for model in runtime.service.read_models for table in model.tables]
    with engine.connect() as db:
        return {table.name: sorted((tuple(row) for row in db.execute(select(table))), key=repr) for table in tables}


def digest_of(engine: Engine) -> str:
    """Return the digest of the history in this database."""
    with engine.connect() as db:
        return digest(db)

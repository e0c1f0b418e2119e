"""States the regressions start from: the smallest service on SQLite and on PostgreSQL, and a topic nobody else uses."""

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Engine

from crm_eventlog.migrate import migrate
from crm_eventlog.store import open_engine, open_store
from shared.eventlog.tests.support.notes import PARTITIONS, Notes


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """Yield a migrated SQLite file."""
    engine = open_engine(f"sqlite:///{tmp_path / 'notes.db'}")
    migrate(engine, partitions=PARTITIONS)
    yield engine
    engine.dispose()


@pytest.fixture
def notes(engine: Engine) -> Notes:
    """Return the application on SQLite."""
    return Notes(open_store(engine, source="notes", partitions=PARTITIONS))


@pytest.fixture
def postgres(fresh_database: Callable[[], str]) -> str:
    """Return an empty PostgreSQL database."""
    return fresh_database()


@pytest.fixture
def notes_on_postgres(postgres: str) -> Iterator[Notes]:
    """Yield the application on PostgreSQL."""
    engine = open_engine(postgres)
    migrate(engine, partitions=PARTITIONS)
    yield Notes(open_store(engine, source="notes", partitions=PARTITIONS))
    engine.dispose()


@pytest.fixture
def topic() -> str:
    """Return a topic nobody else uses."""
    return f"crm.regressions-{uuid4().hex[:8]}.v1"

"""States the history's tests start from, on SQLite and on a real PostgreSQL."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import Annotated

import pytest
from fastapi import Depends, FastAPI, Header
from fastapi.testclient import TestClient
from sqlalchemy import Connection, Engine

from crm_eventlog.migrate import migrate
from crm_eventlog.store import open_engine
from crm_history import Language, history_router
from shared.history.tests.telling import NOON, PARTITIONS, lay_tables, process_batch, the_story_of_ms_chen

POSTGRES = pytest.param("postgresql", marks=pytest.mark.needs_postgres)


@pytest.fixture(scope="session")
def engine_of(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Engine]]:
    """Return a function: the migrated database of this kind, with an empty history."""
    engines: dict[str, Engine] = {}

    def laid(kind: str) -> Engine:
        if kind == "postgresql":
            engine = open_engine(str(request.getfixturevalue("fresh_database")("history")))
        else:
            engine = open_engine(f"sqlite:///{tmp_path_factory.mktemp('history') / 'history.db'}")
        migrate(engine, partitions=PARTITIONS)
        with engine.begin() as db:
            lay_tables(db)
        return engines.setdefault(kind, engine)

    yield lambda kind: engines.get(kind) or laid(kind)
    for engine in engines.values():
        engine.dispose()


@pytest.fixture
def history_on(engine_of: Callable[[str], Engine]) -> Iterator[Callable[[str], Connection]]:
    """Return a function: an empty history on this kind of database, in one transaction that leaves nothing."""
    with ExitStack() as leaving:

        def opened(kind: str) -> Connection:
            db = leaving.enter_context(engine_of(kind).connect())
            leaving.callback(db.begin().rollback)
            return db

        yield opened


@pytest.fixture(params=["sqlite", POSTGRES])
def history(request: pytest.FixtureRequest, history_on: Callable[[str], Connection]) -> Connection:
    """Return an empty history, on each kind of database."""
    return history_on(request.param)


@pytest.fixture
def the_history_of_ms_chen(history: Connection) -> Connection:
    """Everything that happened to Ms Chen, from the mail to the repair."""
    process_batch(history, *the_story_of_ms_chen())
    return history


@pytest.fixture
def app(history_on: Callable[[str], Connection]) -> FastAPI:
    """Return a service that hosts the history, with nothing in it."""
    db = history_on("sqlite")
    app = FastAPI()
    app.state.clock = lambda: NOON + timedelta(days=3)
    app.state.db = db

    def tongue(accept_language: Annotated[str, Header()] = "en") -> Language:
        return "zh" if accept_language == "zh" else "en"

    app.include_router(history_router(Annotated[Connection, Depends(lambda: db)], Annotated[Language, Depends(tongue)]))
    return app


@pytest.fixture
def service(app: FastAPI) -> Iterator[TestClient]:
    """Its callers' side."""
    with TestClient(app) as client:
        yield client

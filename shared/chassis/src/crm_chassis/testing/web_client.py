"""The web application of a service on a SQLite store, as its tests call it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import Engine, MetaData

from crm_chassis.service import Service
from crm_chassis.settings import ServiceSettings
from crm_chassis.testing.builders import PARTITIONS, at_noon, ids_in_sequence, topics_heard
from crm_chassis.web import create_app
from crm_eventlog.application import Application
from crm_eventlog.envelope import CloudEvent
from crm_eventlog.migrate import migrate
from crm_eventlog.projection import ReadModel
from crm_eventlog.store import EventStore, open_engine, open_store

SAID_BY = {"Crm-Actor": "lin.mei", "Crm-Role": "clerk", "Crm-Unit": "tianhe", "Crm-Channel": "store"}


class Client(TestClient):
    """A test client of the service's web application, with the database and the store behind it."""

    service: Service
    application: Application
    engine: Engine
    store: EventStore

    def command(self, name: str, body: Mapping[str, Any], **headers: str) -> Any:
        """Post a command, named in kebab case. Headers are keywords: `idempotency_key="k"`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.post(f"/commands/{name}", json=dict(body), headers=named)

    def project(self, *events: CloudEvent, read_model: ReadModel | None = None) -> None:
        """Apply these events to the service's read models, as the projector would."""
        for model in (read_model,) if read_model else self.service.read_models:
            with self.engine.begin() as db:
                model.project(topics_heard(model, events), db)


@contextmanager
def client(
    service: Service, directory: Path, *, settings: ServiceSettings | None = None, **given: Any
) -> Iterator[Client]:
    """Serve the service on a SQLite store in `directory`, with a fixed clock and ids in sequence.

    The headers name Lin Mei, clerk in Tianhe. `given` is passed to `create_app` (`clock`, `new_id`, `visible`, `lags`).
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

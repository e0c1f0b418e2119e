"""The rebuild of a read model, of the running services or of their files at rest."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from crm_cli.data_folder import DataFolder
from crm_cli.errors import CliError, ExitCode
from crm_cli.options import RebuildFrom, ServiceName
from crm_cli.services import SERVICES
from crm_cli.targets import database, log_url_at, partitions_of, subject_at
from crm_eventlog.projection import ReadModel
from crm_eventlog.rebuild import (
    REASONS,
    CustomerReport,
    Generation,
    LogSource,
    OneCustomer,
    PublisherStore,
    Rebuild,
    RebuildPlan,
    RebuildReport,
    StoreSource,
)
from crm_eventlog.rebuild.populate import ProgressCallback
from crm_eventlog.rebuild.rebuilding import TotalCallback


class NoSuchReadModel(CliError):
    """A name that no read model of the service has."""

    code = ExitCode.UNCLEAR


class RebuildFailed(CliError):
    """A rebuild that did not come to its end; the rows that are served are as they were."""


class ReadModelRebuild:
    """The rebuild of one read model of one service."""

    def __init__(
        self, data_folder: DataFolder, service: ServiceName, name: str, *, source: RebuildFrom, workers: int
    ) -> None:
        self._model = _model(service, name)
        self._subject = subject_at(data_folder)
        self._service, self._workers = service, workers
        databases = self._subject.databases
        self._source = (
            StoreSource(_origins(databases)) if source is RebuildFrom.STORES else LogSource(log_url_at(data_folder))
        )

    def intent(self) -> RebuildPlan:
        """Return the work that a rebuild would do."""
        with self._rebuild() as rebuild:
            return rebuild.intent()

    def run(self, *, verify: bool, on_progress: ProgressCallback, on_total: TotalCallback) -> RebuildReport:
        """Build, compare and, unless only verifying, swap."""
        with self._rebuild(on_progress=on_progress, on_total=on_total) as rebuild:
            return asyncio.run(rebuild.verify() if verify else rebuild.swap())

    def one_customer(self, customer_id: UUID, *, verify: bool) -> CustomerReport:
        """Build, compare and, unless only verifying, replace one customer's rows."""
        with self._rebuild() as rebuild:
            one = OneCustomer(rebuild, customer_id)
            return asyncio.run(one.verify() if verify else one.swap())

    def roll_back(self) -> tuple[Generation, Generation]:
        """Serve the generation before again; return the one that was served, and the one that is."""
        with self._rebuild() as rebuild:
            return asyncio.run(rebuild.roll_back())

    @contextmanager
    def _rebuild(self, **callbacks: Any) -> Iterator[Rebuild]:
        service = SERVICES[self._service]
        url = self._subject.databases.get(self._service)
        if url is None:
            raise RebuildFailed(f"{self._service} has no database in {self._subject.data_folder}")
        with database(self._service, url) as engine:
            try:
                partitions = partitions_of(engine)
                yield Rebuild(
                    engine, self._model, service.parse, partitions, self._source, workers=self._workers, **callbacks
                )
            except REASONS as trouble:
                raise RebuildFailed(f"{type(trouble).__name__}: {trouble}") from trouble


def _model(service: ServiceName, name: str) -> ReadModel:
    models = {model.name: model for model in SERVICES[service].read_models}
    if name not in models:
        raise NoSuchReadModel(f"{service} has no read model {name!r}; it has {', '.join(sorted(models))}")
    return models[name]


def _origins(databases: Mapping[str, str]) -> dict[str, PublisherStore]:
    """Return the store behind every topic: a rebuild from stores needs those of all publishers."""
    return {
        service.topic: PublisherStore(databases[name], name, service.aggregates, service.publish)
        for name, service in SERVICES.items()
        if name in databases
    }

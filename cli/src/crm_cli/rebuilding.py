"""Read models built anew: of the services at work, or of their files at rest."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from crm_cli.leaving import CannotBeDone, Code
from crm_cli.options import RebuildFrom, ServiceName
from crm_cli.parking import database
from crm_cli.places import NotRunning, Place
from crm_cli.services import SERVICES
from crm_cli.verification import subject_at
from crm_eventlog.projection import ReadModel
from crm_eventlog.rebuild import (
    REASONS,
    CustomerReport,
    FromLog,
    FromStores,
    Generation,
    Intent,
    OneCustomer,
    Origin,
    Rebuild,
    Report,
)
from crm_eventlog.rebuild.filling import Tell
from crm_eventlog.rebuild.rebuilding import Expect
from crm_eventlog.store.engine import reading
from crm_eventlog.tables import counters


class NoSuchReadModel(CannotBeDone):
    """The service has no read model of this name."""

    code = Code.UNCLEAR


class NotRebuilt(CannotBeDone):
    """Why a rebuild did not come to its end; what is served is as it was."""


class Rebuilding:
    """One read model of one service, found from the folder."""

    def __init__(self, place: Place, service: ServiceName, name: str, *, source: RebuildFrom, workers: int) -> None:
        self._model = _model(service, name)
        self._subject = subject_at(place)
        self._service, self._workers = service, workers
        databases = self._subject.databases
        self._source = FromStores(_origins(databases)) if source is RebuildFrom.STORES else FromLog(_log_url(place))

    def intent(self) -> Intent:
        """What would be done."""
        with self._rebuild() as rebuild:
            return rebuild.intent()

    def run(self, *, verify: bool, tell: Tell, expect: Expect) -> Report:
        """Build, compare and, unless only verifying, swap."""
        with self._rebuild(tell=tell, expect=expect) as rebuild:
            return asyncio.run(rebuild.verify() if verify else rebuild.swap())

    def one_customer(self, customer_id: UUID, *, verify: bool) -> CustomerReport:
        """The same for one customer's rows."""
        with self._rebuild() as rebuild:
            one = OneCustomer(rebuild, customer_id)
            return asyncio.run(one.verify() if verify else one.swap())

    def roll_back(self) -> tuple[Generation, Generation]:
        """Serve the generation before again; what was served, and what is served now."""
        with self._rebuild() as rebuild:
            return asyncio.run(rebuild.roll_back())

    @contextmanager
    def _rebuild(self, **told: Any) -> Iterator[Rebuild]:
        service = SERVICES[self._service]
        url = self._subject.databases.get(self._service)
        if url is None:
            raise NotRebuilt(f"{self._service} has no database in {self._subject.place}")
        with database(self._service, url) as engine:
            try:
                with reading(engine) as db:
                    partitions = db.scalar(select(func.count()).select_from(counters)) or 0
                yield Rebuild(
                    engine, self._model, service.parse, partitions, self._source, workers=self._workers, **told
                )
            except REASONS as trouble:
                raise NotRebuilt(f"{type(trouble).__name__}: {trouble}") from trouble


def _model(service: ServiceName, name: str) -> ReadModel:
    models = {model.name: model for model in SERVICES[service].read_models}
    if name not in models:
        raise NoSuchReadModel(f"{service} has no read model {name!r}; it has {', '.join(sorted(models))}")
    return models[name]


def _origins(databases: Mapping[str, str]) -> dict[str, Origin]:
    """Every topic's store: building from stores needs those of all services that are heard."""
    return {
        service.topic: Origin(databases[name], name, service.application.aggregates, service.publish)
        for name, service in SERVICES.items()
        if name in databases
    }


def _log_url(place: Place) -> str:
    try:
        return place.running_here().log_url
    except NotRunning:
        return subject_at(place).place.log_url

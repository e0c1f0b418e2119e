"""Keeps the read models of one service: every event exactly once, rows and checkpoint together."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import Connection, Engine, select

from crm_eventlog.envelope import CloudEvent, Parse
from crm_eventlog.projection.checkpoint import Reader
from crm_eventlog.projection.intake import PARKING, Fold, Intake
from crm_eventlog.projection.read_model import ReadModel
from crm_eventlog.tables import generations


class VersionChanged(Exception):
    """The rows of a read model were built by another version of its code."""


class Projector(Intake):
    """Folds batches into all read models of a service, one transaction a batch."""

    def __init__(
        self,
        engine: Engine,
        read_models: Sequence[ReadModel],
        parse: Parse,
        clock: Callable[[], datetime],
        *,
        partitions: int,
        parking: int = PARKING,
    ) -> None:
        super().__init__(engine, parse, clock, partitions=partitions, parking=parking)
        self._models = {Reader(model.name, 1): model for model in read_models}

    @property
    def topics(self) -> Mapping[Reader, frozenset[str]]:
        return {reader: model.topics for reader, model in self._models.items()}

    def prepare(self) -> None:
        """Make the tables of read models that are new, and refuse rows of another version."""
        with self.engine.begin() as db:
            for reader, model in self._models.items():
                self._lay(db, reader, model)
        super().prepare()

    def ready(self, reader: Reader, events: Sequence[CloudEvent]) -> Fold:
        return partial(self._models[reader].project, events)

    @staticmethod
    def _lay(db: Connection, reader: Reader, model: ReadModel) -> None:
        built = db.scalar(select(generations.c.version).where(generations.c.reader == reader.name))
        if built == model.version:
            return
        if built is not None:
            raise VersionChanged(f"{reader.name} was built by version {built}, this code is version {model.version}")
        for table in model.tables:
            table.create(db, checkfirst=True)
        db.execute(generations.insert().values(reader=reader.name, generation=1, version=model.version))

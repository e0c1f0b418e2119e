"""The projector of one service: every event exactly once, with rows and checkpoint in one transaction."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import Connection, Engine, select

from crm_eventlog.consumer.checkpoint import Reader
from crm_eventlog.consumer.event_consumer import PARKING, EventConsumer, Fold, Place
from crm_eventlog.envelope import CloudEvent, Parse
from crm_eventlog.projection.added_columns import add_missing_columns
from crm_eventlog.projection.read_model import ReadModel
from crm_eventlog.store.engine import reading
from crm_eventlog.tables import generations


class VersionChanged(Exception):
    """A read model whose rows another version of its code built."""

    def __init__(self, name: str, built: int, code: int) -> None:
        super().__init__(f"{name} was built by version {built}, this code is version {code}")


class Projector(EventConsumer):
    """A consumer that folds batches into the served generations of all read models, one transaction per batch."""

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
        self._models = {model.name: model for model in read_models}
        self._served = dict.fromkeys(self._models, 1)

    @property
    def topics(self) -> Mapping[Reader, frozenset[str]]:
        return {Reader(name, self._served[name]): model.topics for name, model in self._models.items()}

    def prepare(self) -> None:
        """Create the tables of new read models. Raise `VersionChanged` for rows of another version."""
        with self.engine.begin() as db:
            for name, model in self._models.items():
                self._served[name] = _laid(db, model)
        super().prepare()

    def positions(self) -> dict[Place, int]:
        """Return the offsets that the served generations need, including one that was swapped in meanwhile."""
        with reading(self.engine) as db:
            for name, generation, version in db.execute(_SERVED.where(generations.c.reader.in_(self._models))):
                if version == self._models[name].version:
                    self._served[name] = generation
                else:
                    self._retire(self._models[name], version)
        return super().positions()

    def ready(self, reader: Reader, events: Sequence[CloudEvent]) -> Fold:
        return partial(self._models[reader.name].project, events)

    def _retire(self, model: ReadModel, version: int) -> None:
        """Stop all partitions of a read model, because newer code serves it."""
        for topic in model.topics:
            for partition in range(self._partitions):
                self.stop(topic, partition, 0, VersionChanged(model.name, version, model.version))


_SERVED = select(generations.c.reader, generations.c.generation, generations.c.version)


def _laid(db: Connection, model: ReadModel) -> int:
    """Return the number of the served generation. Create the first one if there is none."""
    served = db.execute(_SERVED.where(generations.c.reader == model.name)).one_or_none()
    if served is None:
        for table in model.tables:
            table.create(db, checkfirst=True)
        names = " ".join(table.name for table in model.tables)
        db.execute(generations.insert().values(reader=model.name, generation=1, version=model.version, tables=names))
        return 1
    if served.version != model.version:
        raise VersionChanged(model.name, served.version, model.version)
    add_missing_columns(db, model)
    return int(served.generation)

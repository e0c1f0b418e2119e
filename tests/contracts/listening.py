"""Five services at work on their own databases, as their composition roots put them together, and what they keep."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from itertools import groupby
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Table, select

from crm_chassis.runtime import ServiceRuntime
from crm_chassis.service import Service
from crm_chassis.testing import PARTITIONS, command_context
from crm_eventlog.application import registry_of
from crm_eventlog.consumer import list_parked
from crm_eventlog.log import LogRecord, MemoryLog
from crm_eventlog.store.engine import reading
from crm_eventlog.tables import deadlines, events, reactions
from crm_events import PUBLISHERS
from tests.contracts.promises import Sample

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
CUSTOMER = UUID("00000000-0000-4000-8000-000000000007")
# What policies, deadlines and effects leave behind; ids of commands follow from the events.
ACTED = "policies, deadlines and effects"
# Random, or made of what is random.
MADE_UP = ("event_id", "hash", "prev_hash")
Rows = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Listener:
    """A service that hears everything there is, and keeps what its code makes of it."""

    runtime: ServiceRuntime

    @property
    def name(self) -> str:
        """The service's name."""
        return self.runtime.service.name

    def hear(self, records: Sequence[LogRecord]) -> None:
        """Let the read models take the records in, and then policies, deadlines and effects."""
        self.runtime.projector.process_batch(records)
        self.runtime.reactor.process_batch(records)

    def set_aside(self) -> list[str]:
        """List every record that a reader could not process, and why; and every partition that is not read on."""
        stopped = [*self.runtime.projector.stopped.values(), *self.runtime.reactor.stopped.values()]
        with reading(self.runtime.engine) as db:
            parked = [f"{one.reader.name}: {one.error or 'waits'}" for one in list_parked(db)]
        return [*parked, *map(str, stopped)]

    def rows(self) -> Rows:
        """Return what each read model shows, and what was done: as sorted rows, by the name of the reader."""
        kept = {model.name: self._rows(model.tables) for model in self.runtime.service.read_models}
        return {**kept, ACTED: self._rows((deadlines, reactions, events), without=MADE_UP)}

    def _rows(self, tables: Iterable[Table], without: Sequence[str] = ()) -> tuple[str, ...]:
        found = []
        with reading(self.runtime.engine) as db:
            for table in tables:
                columns = [column for column in table.columns if column.name not in without]
                found += [f"{table.name} {tuple(row)}" for row in db.execute(select(*columns))]
        return tuple(sorted(found))


def services() -> dict[str, Service]:
    """Return the five services by name."""
    return {name: import_module(f"crm_{name}.__main__").SERVICE for name in PUBLISHERS}


@contextmanager
def listening(service: Service, directory: Path) -> Iterator[Listener]:
    """Return a service that has heard nothing yet, with what its own users had asked of it before."""
    directory.mkdir(parents=True, exist_ok=True)
    settings = service.settings(database_url=f"sqlite:///{directory / service.name}.db", partitions=PARTITIONS)
    runtime = ServiceRuntime.open(service, settings, MemoryLog(clock), clock)
    runtime.migrate()
    for command in asked_before(service.name):
        who = {"actor": "wang.lei"} if type(command).__name__ == "ApproveCampaign" else {}
        context = command_context(command_id=command.fingerprint(), occurred_at=NOW, recorded_at=NOW, **who)
        runtime.application.execute(command, context)
    yield Listener(runtime)
    runtime.engine.dispose()


def clock() -> datetime:
    """Return the afternoon after the story."""
    return NOW


def records_of(samples: Iterable[Sample]) -> list[LogRecord]:
    """Return the samples as they lie in the topics, in the order they have there."""
    ends: Counter[tuple[str, int]] = Counter()
    records = []
    for sample in samples:
        topic, part = f"crm.{sample.headers['ce_source']}.v1", sample.position[0]
        at = datetime.fromisoformat(sample.headers["ce_recordedtime"])
        place = (topic, part, ends[topic, part])
        records.append(LogRecord(*place, sample.key.encode(), sample.value.encode(), sample.raw_headers, at))
        ends[topic, part] += 1
    return records


def hear_all(listener: Listener, records: Iterable[LogRecord]) -> None:
    """Let a service hear the log: a batch whenever another topic speaks."""
    for _, chapter in groupby(records, key=lambda record: record.topic):
        listener.hear(list(chapter))


def asked_before(service: str) -> list[Any]:
    """Return the commands behind the story, where a service must have them to act on its own events."""
    ask = {command.__name__: command for command in registry_of(services()[service].handlers)}
    if service == "loyalty":
        return [ask["Enrol"](customer_id=CUSTOMER)]
    if service != "marketing":
        return []
    from crm_marketing.campaigns.campaign import campaign_id

    code = "CM-2026-048"
    text = {"en": "The new X2 is here", "zh": "全新 X2 上市"}
    of_it = partial(dict, campaign_id=campaign_id(code))
    return [
        ask["PlanCampaign"].model_validate(
            {
                "code": code,
                "name": "X2 autumn",
                "starts_on": "2026-11-20",
                "ends_on": "2026-12-04",
                "budget": {"amount": "30000.00", "currency": "CNY"},
                "subject": text,
                "body": text,
            }
        ),
        ask["SubmitCampaign"](**of_it()),
        ask["ApproveCampaign"](**of_it(), remark=None),
        ask["LaunchCampaign"](**of_it()),
    ]

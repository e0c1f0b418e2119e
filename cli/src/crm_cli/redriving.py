"""Taking in again what a service's readers have set aside, with the service's own code."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import func, select

from crm_chassis.works import Works
from crm_cli.embedded import now
from crm_cli.parking import database, kind_of
from crm_cli.services import SERVICES
from crm_eventlog.log import MemoryLog
from crm_eventlog.projection import Intake, Redriven, redrive
from crm_eventlog.projection.trouble import described, passes
from crm_eventlog.store.engine import reading
from crm_eventlog.tables import counters


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of a service's keys; `trouble` is what keeps the rest waiting for the moment."""

    service: str
    keys: Sequence[Redriven]
    trouble: str = ""


def redriven(service: str, url: str, *, reader: str | None, key: str | None, told: Callable[[], None]) -> Outcome:
    """Drain a service's keys with its own code, as far as they go; `told` after each."""
    keys: list[Redriven] = []

    def note(one: Redriven) -> None:
        keys.append(one)
        told()

    with at_hand(service, url) as works:
        try:
            for intake in intakes(works):
                redrive(intake, reader=reader, key=key, told=note)
        except Exception as trouble:
            if not passes(trouble):
                raise
            return Outcome(service=service, keys=keys, trouble=kind_of(described(trouble)) or "")
    return Outcome(service=service, keys=keys)


@contextmanager
def at_hand(service: str, url: str) -> Iterator[Works]:
    """A service's own code on its database, nothing of it started."""
    with database(service, url) as engine, reading(engine) as db:
        partitions = db.scalar(select(func.count()).select_from(counters)) or 1
    own = SERVICES[service]
    settings = own.settings(database_url=url, partitions=partitions)
    works = Works.open(own, settings, MemoryLog(now), now)
    try:
        yield works
    finally:
        works.engine.dispose()


def intakes(works: Works) -> list[Intake]:
    """What takes records in for this service: its read models, and its reactions where it has any."""
    found: list[Intake] = [works.projector, *([works.reactor] if works.reacts else [])]
    for intake in found:
        intake.prepare()
    return found

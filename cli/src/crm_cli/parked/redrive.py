"""The redrive of parked records, with the service's own code."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from crm_chassis.clock import now
from crm_chassis.runtime import ServiceRuntime
from crm_cli.parked.queue import kind_of
from crm_cli.services import SERVICES
from crm_cli.targets import database, partitions_of
from crm_eventlog.consumer import EventConsumer, Redriven, redrive
from crm_eventlog.consumer.errors import format_error, is_transient
from crm_eventlog.log import MemoryLog


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The result of a service's redrive; `trouble` is the passing error that keeps the other keys waiting."""

    service: str
    keys: Sequence[Redriven]
    trouble: str = ""


def redrive_keys(
    service: str, url: str, *, reader: str | None, key: str | None, on_progress: Callable[[], None]
) -> Outcome:
    """Redrive a service's keys as far as they go, and call `on_progress` after each."""
    keys: list[Redriven] = []

    def note(one: Redriven) -> None:
        keys.append(one)
        on_progress()

    with open_runtime(service, url) as runtime:
        try:
            for consumer in consumers_of(runtime):
                redrive(consumer, reader=reader, key=key, on_redriven=note)
        except Exception as trouble:
            if not is_transient(trouble):
                raise
            return Outcome(service=service, keys=keys, trouble=kind_of(format_error(trouble)) or "")
    return Outcome(service=service, keys=keys)


@contextmanager
def open_runtime(service: str, url: str) -> Iterator[ServiceRuntime]:
    """Open a service's runtime on its database, with nothing of it started."""
    with database(service, url) as engine:
        partitions = partitions_of(engine) or 1
    own = SERVICES[service]
    settings = own.settings(database_url=url, partitions=partitions)
    runtime = ServiceRuntime.open(own, settings, MemoryLog(now), now)
    try:
        yield runtime
    finally:
        runtime.engine.dispose()


def consumers_of(runtime: ServiceRuntime) -> list[EventConsumer]:
    """Return the consumers of a service: its read models, and its reactions where it has any."""
    found: list[EventConsumer] = [runtime.projector, *([runtime.reactor] if runtime.reacts else [])]
    for consumer in found:
        consumer.prepare()
    return found

"""`crm up`: the services of this machine, started together and stopped in order."""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import ExitStack, asynccontextmanager
from typing import NamedTuple

from crm_chassis.hosting import PartFailed
from crm_cli.embedded import MailBox, embedded_house, receiving
from crm_cli.leaving import CannotBeDone
from crm_cli.places import Place, Running
from crm_cli.real import ended_by_itself, processes, real_parts
from crm_eventlog.waiting import pause
from crm_local.server import Server

PARTITIONS = 16
_LOOK_EVERY = 1.0
Tell = Callable[[str], None]


class AlreadyRunning(CannotBeDone):
    """Services run from this folder already."""


class ServiceEnded(CannotBeDone):
    """A service ended although nobody told it to."""


class AtWork(NamedTuple):
    """What runs, and how to wait for its end: `until(stop)` raises when a part of it ends by itself."""

    running: Running
    until: Callable[[asyncio.Event], Awaitable[None]]


async def up(
    place: Place, *, real: bool, split: bool, tell: Tell, started: Callable[[Running], None] | None = None
) -> None:
    """Run all five until Ctrl-C (or SIGTERM, or `crm down`), on SQLite files or on real PostgreSQL and Kafka.

    `started` hears once what runs and where.
    """
    refuse_where_running(place)
    stop = stop_at_signals()
    async with _on_real_parts(place, split, tell) if real else _embedded(place) as at_work:
        place.remember(at_work.running)
        say_addresses(at_work.running.addresses, tell)
        if started:
            started(at_work.running)
        try:
            await at_work.until(stop)
        except PartFailed as failed:
            raise ServiceEnded(f"{failed} ended by itself: {failed.__cause__!r}") from failed
        finally:
            tell("stopping")
            place.forget()
    tell(f"stopped; the data stay in {place}")


def refuse_where_running(place: Place) -> None:
    """One folder, one set of services."""
    if place.is_running():
        raise AlreadyRunning(f"services run from {place} already: `crm down --folder {place}` ends them")


def stop_at_signals() -> asyncio.Event:
    """An event that Ctrl-C and SIGTERM set."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


def say_addresses(addresses: Mapping[str, str], tell: Tell) -> None:
    """Where people find each service, and how this ends."""
    for service, url in addresses.items():
        tell(f"{service:10} {url}/docs")
    tell("running; Ctrl-C ends everything in order")


@asynccontextmanager
async def _embedded(place: Place) -> AsyncIterator[AtWork]:
    async with embedded_house(place.folder) as house:
        running = Running(
            addresses=house.addresses, databases=place.databases, log_url=place.log_url, partitions=PARTITIONS
        )
        yield AtWork(running, house.until)


@asynccontextmanager
async def _on_real_parts(place: Place, split: bool, tell: Tell) -> AsyncIterator[AtWork]:
    box = MailBox(place.folder / "mail")
    box.folder.mkdir(parents=True, exist_ok=True)
    stack = ExitStack()

    def start(smtp_port: int) -> AtWork:
        databases, log_url = stack.enter_context(real_parts(place.folder, tell))
        folder = place.folder / "processes"
        started = stack.enter_context(
            processes(folder, databases, log_url, smtp_port=smtp_port, split=split, tell=tell)
        )
        running = Running(
            addresses=started.addresses,
            beside=dict(started.beside),
            databases=databases,
            log_url=log_url,
            partitions=PARTITIONS,
        )
        return AtWork(running, lambda stop: _until_one_ends(started.servers, stop))

    async with receiving(box) as smtp:
        try:
            yield await asyncio.to_thread(start, smtp["smtp_port"])
        finally:
            await asyncio.to_thread(stack.close)


async def _until_one_ends(servers: list[Server], stop: asyncio.Event) -> None:
    while not stop.is_set():
        if reason := await asyncio.to_thread(ended_by_itself, servers):
            raise ServiceEnded(reason)
        await pause(stop, _LOOK_EVERY)

"""`crm up` and `crm down`: the services of this machine, started together and stopped in order."""

import asyncio
import os
import shutil
import signal
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import ExitStack, asynccontextmanager

import psutil

from crm_cli.embedded import MailBox, embedded_house, receiving
from crm_cli.places import Place, Running
from crm_cli.real import processes, real_parts
from crm_cli.services import SERVICES

PARTITIONS = 16
Tell = Callable[[str], None]


class AlreadyRunning(Exception):
    """Services run from this folder already."""


class StillRunning(Exception):
    """The services did not end in time."""


async def up(place: Place, *, real: bool, split: bool, tell: Tell) -> None:
    """Run all five until Ctrl-C (or SIGTERM, or `crm down`), on SQLite files or on real PostgreSQL and Kafka."""
    if place.is_running():
        raise AlreadyRunning(f"services run from {place.folder} already: `crm down` ends them")
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with _on_real_parts(place, split, tell) if real else _embedded(place) as running:
        place.remember(running)
        _say(running.addresses, tell)
        try:
            await stop.wait()
        finally:
            tell("stopping")
            place.forget()
    tell(f"stopped; the data stay in {place.folder}")


def down(place: Place, *, wipe: bool, within: float = 60.0) -> bool:
    """End what `crm up` runs, and with `wipe` remove its data; True when something was running."""
    running = place.is_running()
    if running:
        process = psutil.Process(place.running().pid)
        process.terminate()
        try:
            process.wait(within)
        except psutil.TimeoutExpired:
            raise StillRunning(f"process {process.pid} has not ended within {within:.0f} s") from None
    if wipe:
        shutil.rmtree(place.folder, ignore_errors=True)
    return running


@asynccontextmanager
async def _embedded(place: Place) -> AsyncIterator[Running]:
    async with embedded_house(place.folder) as house:
        databases = {name: f"sqlite:///{place.folder / name}.db" for name in SERVICES}
        yield Running(os.getpid(), house.addresses, databases, f"sqlite:///{place.folder / 'log.db'}", PARTITIONS)


@asynccontextmanager
async def _on_real_parts(place: Place, split: bool, tell: Tell) -> AsyncIterator[Running]:
    box = MailBox(place.folder / "mail")
    box.folder.mkdir(parents=True, exist_ok=True)
    stack = ExitStack()

    def start(smtp_port: int) -> Running:
        databases, log_url = stack.enter_context(real_parts(place.folder, tell))
        at_work = processes(place.folder / "processes", databases, log_url, smtp_port=smtp_port, split=split, tell=tell)
        return Running(os.getpid(), stack.enter_context(at_work), databases, log_url, PARTITIONS)

    async with receiving(box) as smtp:
        try:
            yield await asyncio.to_thread(start, smtp["smtp_port"])
        finally:
            await asyncio.to_thread(stack.close)


def _say(addresses: Mapping[str, str], tell: Tell) -> None:
    for service, url in addresses.items():
        tell(f"{service:10} {url}/docs")
    tell("running; Ctrl-C ends everything in order")

"""The services of this machine, started together and stopped in order."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack, asynccontextmanager
from typing import NamedTuple

from crm_chassis.runner import PartFailed
from crm_cli.console import print_addresses
from crm_cli.data_folder import DataFolder, Running
from crm_cli.signals import stop_at_signals
from crm_cli.stack import PARTITIONS, MailBox, ServiceEnded, local_stack, receiving
from crm_cli.up.servers import first_ended, processes, servers_for
from crm_eventlog.waiting import wait_or_stop
from crm_local.server import Server

_LOOK_EVERY = 1.0
Announce = Callable[[str], None]


class Started(NamedTuple):
    """Running services; `until(stop)` waits, and raises when a part of them ends by itself."""

    running: Running
    until: Callable[[asyncio.Event], Awaitable[None]]


async def up(
    data_folder: DataFolder,
    *,
    real: bool,
    split: bool,
    announce: Announce,
    started: Callable[[Running], None] | None = None,
) -> None:
    """Run all five until Ctrl-C (or SIGTERM, or `crm down`), on SQLite files or on real PostgreSQL and Kafka.

    `started` is called once, with the running services.
    """
    data_folder.refuse_while_running()
    stop = stop_at_signals()
    async with _on_servers(data_folder, split, announce) if real else _embedded(data_folder) as at_work:
        data_folder.record_process(at_work.running)
        print_addresses(at_work.running.addresses, announce)
        if started:
            started(at_work.running)
        try:
            await at_work.until(stop)
        except PartFailed as failed:
            raise ServiceEnded(f"{failed} ended by itself: {failed.__cause__!r}") from failed
        finally:
            announce("stopping")
            data_folder.clear()
    announce(f"stopped; the data stay in {data_folder}")


@asynccontextmanager
async def _embedded(data_folder: DataFolder) -> AsyncIterator[Started]:
    async with local_stack(data_folder.folder) as stack:
        running = Running(
            addresses=stack.addresses,
            databases=data_folder.databases,
            log_url=data_folder.log_url,
            partitions=PARTITIONS,
        )
        yield Started(running, stack.until)


@asynccontextmanager
async def _on_servers(data_folder: DataFolder, split: bool, announce: Announce) -> AsyncIterator[Started]:
    box = MailBox(data_folder.folder / "mail")
    box.folder.mkdir(parents=True, exist_ok=True)
    exits = ExitStack()

    def start(smtp_port: int) -> Started:
        databases, log_url = exits.enter_context(servers_for(data_folder.folder, announce))
        folder = data_folder.folder / "processes"
        started = exits.enter_context(
            processes(folder, databases, log_url, smtp_port=smtp_port, split=split, announce=announce)
        )
        running = Running(
            addresses=started.addresses,
            beside=dict(started.beside),
            databases=databases,
            log_url=log_url,
            partitions=PARTITIONS,
        )
        return Started(running, lambda stop: _until_one_ends(started.servers, stop))

    async with receiving(box) as smtp:
        try:
            yield await asyncio.to_thread(start, smtp["smtp_port"])
        finally:
            await asyncio.to_thread(exits.close)


async def _until_one_ends(servers: list[Server], stop: asyncio.Event) -> None:
    while not stop.is_set():
        if reason := await asyncio.to_thread(first_ended, servers):
            raise ServiceEnded(reason)
        await wait_or_stop(stop, _LOOK_EVERY)

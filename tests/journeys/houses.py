"""Five services at work beside the tests, each to be stopped and started again, on any log and any databases."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any, TypeVar

from aiosmtpd.controller import Controller

from crm_chassis.runner import run_service
from crm_chassis.settings import ServiceSettings
from crm_cli.client import CrmClient
from crm_cli.services import SERVICES
from crm_cli.stack import MailBox, StoryClock
from crm_eventlog.log import KafkaLog, TopicMissing
from crm_local.kafka import LocalKafka
from crm_local.server import free_ports

PARTITIONS = 16
_PATIENCE = 120.0
_THREADS = 48
T = TypeVar("T")


@dataclass
class House:
    """Five services on one event loop of their own, under one clock; their addresses outlive a stop."""

    settings: Mapping[str, ServiceSettings]
    clock: StoryClock = field(default_factory=StoryClock)
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop, init=False)
    _at_work: dict[str, tuple[asyncio.Event, "asyncio.Task[None]"]] = field(default_factory=dict, init=False)

    @property
    def addresses(self) -> dict[str, str]:
        """Return the URL of each service."""
        return {name: f"http://127.0.0.1:{settings.port}" for name, settings in self.settings.items()}

    def callers(self, language: str = "en") -> CrmClient:
        """Return a touchpoint's way to every service."""
        return CrmClient(self.addresses, language=language)

    def ask(self, question: Callable[[CrmClient], Coroutine[Any, Any, T]], *, language: str = "en") -> T:
        """Return the answer of a touchpoint that calls the services."""

        async def asked() -> T:
            async with self.callers(language) as callers:
                return await question(callers)

        return asyncio.run(asked())

    def start(self, name: str) -> None:
        """Let a service begin its work, and return when it answers."""
        self._within_loop(self._start(name))

    def stop(self, name: str) -> None:
        """Let a service end in order."""
        self._within_loop(self._stop(name))

    @contextmanager
    def at_work(self) -> Iterator["House"]:
        """Run all five until the block ends."""
        self._loop.set_default_executor(ThreadPoolExecutor(_THREADS, thread_name_prefix="house"))
        thread = Thread(target=self._loop.run_forever, name="house")
        thread.start()
        try:
            for name in self.settings:
                self.start(name)
            yield self
        finally:
            for name in list(self._at_work):
                self.stop(name)
            self._within_loop(self._loop.shutdown_default_executor())
            self._loop.call_soon_threadsafe(self._loop.stop)
            thread.join()
            self._loop.close()

    def _within_loop(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(_PATIENCE)

    async def _start(self, name: str) -> None:
        answers, stop = asyncio.Event(), asyncio.Event()
        task = asyncio.create_task(self._work(name, answers, stop))
        waiting = asyncio.create_task(answers.wait())
        await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            waiting.cancel()
            task.result()
        self._at_work[name] = (stop, task)

    async def _stop(self, name: str) -> None:
        stop, task = self._at_work.pop(name)
        stop.set()
        await task

    async def _work(self, name: str, answers: asyncio.Event, stop: asyncio.Event) -> None:
        async with run_service(SERVICES[name], self.settings[name], clock=self.clock, migrate=True) as host:
            answers.set()
            await host.until(stop)


@contextmanager
def house_on(log_url: str, database_of: Callable[[str], str], mail: Path) -> Iterator[House]:
    """Run all five on this log, each on its database, with a mail box that keeps what is sent."""
    ports = dict(zip(SERVICES, free_ports(len(SERVICES)), strict=True))
    with _mail_box(mail) as smtp:
        settings = {
            name: service.settings(
                database_url=database_of(name),
                log_url=log_url,
                port=ports[name],
                partitions=PARTITIONS,
                **(smtp if name == "marketing" else {}),
            )
            for name, service in SERVICES.items()
        }
        with House(settings).at_work() as house:
            yield house


@contextmanager
def log_nobody_used(bootstrap: str) -> Iterator[str]:
    """Yield a Kafka whose topics of the services are empty: this one, or one of our own where somebody wrote to it.

    Nothing is deleted from a Kafka that others may need.
    """
    if asyncio.run(_is_unused(bootstrap)):
        yield f"kafka://{bootstrap}"
        return
    with TemporaryDirectory(prefix="crm-kafka-", ignore_cleanup_errors=True) as folder:
        with LocalKafka(Path(folder)) as kafka:
            yield f"kafka://{kafka.address}"


async def _is_unused(bootstrap: str) -> bool:
    log = KafkaLog(f"kafka://{bootstrap}")
    try:
        for name in SERVICES:
            with suppress(TopicMissing):
                ends = await log.end_offsets(f"crm.{name}.v1")
                if any(ends.values()) or len(ends) != PARTITIONS:
                    return False
        return True
    finally:
        await log.close()


@contextmanager
def _mail_box(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield the settings that lead to a mail server beside the tests."""
    folder.mkdir(parents=True, exist_ok=True)
    (port,) = free_ports(1)
    server = Controller(MailBox(folder), hostname="127.0.0.1", port=port)
    server.start()
    try:
        yield {"smtp_host": "127.0.0.1", "smtp_port": port}
    finally:
        server.stop()

"""The embedded default: five services in one process, on SQLite files, with a mail box for what they send."""

import asyncio
import os
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from crm_chassis.clock import Clock, now
from crm_chassis.runner import TaskRunner, run_service
from crm_cli.data_folder import DataFolder
from crm_cli.errors import CliError
from crm_cli.services import SERVICES
from crm_eventlog.log import open_log

PARTITIONS = 16
_THREADS = 48


class ServiceEnded(CliError):
    """A service that ended although nobody stopped it."""


class StoryClock:
    """A clock that shows the time of a story, and the machine's own once the story is over."""

    def __init__(self) -> None:
        self._at: datetime | None = None

    def __call__(self) -> datetime:
        return self._at or now()

    def move_to(self, at: datetime | None) -> None:
        """Set the time of the story; None ends it."""
        self._at = at


@dataclass
class MailBox:
    """A mail server's handler that keeps every message as a file, for a developer to look at."""

    folder: Path
    received: int = field(default=0, init=False)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep one message; the method's name is the mail server's."""
        self.received += 1
        content = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content).encode()
        await asyncio.to_thread((self.folder / f"{self.received:06}.eml").write_bytes, content)
        return "250 Message kept"


@dataclass(frozen=True)
class LocalStack:
    """Five running services and the box of their mail."""

    hosts: dict[str, TaskRunner]
    mail: MailBox

    @property
    def addresses(self) -> dict[str, str]:
        """Return service -> URL."""
        return {service: host.url for service, host in self.hosts.items()}

    async def until(self, stop: asyncio.Event) -> None:
        """Wait until `stop`, or raise `PartFailed` when a part of a service ends by itself."""
        await asyncio.gather(*(host.until(stop) for host in self.hosts.values()))


@asynccontextmanager
async def local_stack(folder: Path, *, clock: Clock = now) -> AsyncIterator[LocalStack]:
    """Run all five services in this process until the block ends, on files in `folder`.

    A mail server given in the environment (CRM_MARKETING_SMTP_HOST) is used instead of the mail box.
    """
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(_THREADS, thread_name_prefix="crm"))
    data_folder = DataFolder(folder)
    async with AsyncExitStack() as exits:
        box = MailBox(data_folder.folder / "mail")
        box.folder.mkdir(parents=True, exist_ok=True)
        smtp = {} if os.environ.get("CRM_MARKETING_SMTP_HOST") else await exits.enter_async_context(receiving(box))
        topics = open_log(data_folder.log_url, clock)
        exits.push_async_callback(topics.close)
        hosts: dict[str, TaskRunner] = {}
        for name, service in SERVICES.items():
            own: dict[str, Any] = smtp if name == "marketing" else {}
            settings = service.settings(database_url=data_folder.databases[name], log_url=data_folder.log_url, **own)
            at_work = run_service(service, settings, clock=clock, topics=topics, migrate=True)
            hosts[name] = await exits.enter_async_context(at_work)
        yield LocalStack(hosts, box)


@asynccontextmanager
async def receiving(box: MailBox) -> AsyncIterator[dict[str, Any]]:
    """Run a mail server on the loopback address, and yield the settings that lead to it."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(box, loop=loop), host="127.0.0.1", port=0)
    try:
        yield {"smtp_host": "127.0.0.1", "smtp_port": server.sockets[0].getsockname()[1]}
    finally:
        server.close()
        await server.wait_closed()

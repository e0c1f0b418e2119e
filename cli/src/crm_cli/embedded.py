"""The embedded default: all five services in one process, on SQLite files, with a mail box that keeps what is sent."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from crm_chassis.hosting import Host, running
from crm_cli.places import Place
from crm_cli.services import SERVICES
from crm_eventlog.log import open_log

_THREADS = 48
Clock = Callable[[], datetime]


def now() -> datetime:
    """The clock of this machine."""
    return datetime.now(UTC)


class StoryClock:
    """A clock that tells the time of a story, and the machine's own once the story is over."""

    def __init__(self) -> None:
        self._at: datetime | None = None

    def __call__(self) -> datetime:
        return self._at or now()

    def move_to(self, at: datetime | None) -> None:
        """It is this late in the story; None ends it."""
        self._at = at


@dataclass
class MailBox:
    """Keeps every message as a file, so that a developer can look at what customers would get."""

    folder: Path
    received: int = field(default=0, init=False)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep one message; the method's name is the mail server's."""
        self.received += 1
        content = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content).encode()
        await asyncio.to_thread((self.folder / f"{self.received:06}.eml").write_bytes, content)
        return "250 Message kept"


@dataclass(frozen=True)
class House:
    """Five services at work: where each answers, and the box their mail went to."""

    hosts: dict[str, Host]
    mail: MailBox

    @property
    def addresses(self) -> dict[str, str]:
        """Service -> the URL it answers at."""
        return {service: host.url for service, host in self.hosts.items()}

    async def until(self, stop: asyncio.Event) -> None:
        """Wait until `stop`; raises `PartFailed` when a part of a service ends by itself."""
        await asyncio.gather(*(host.until(stop) for host in self.hosts.values()))


@asynccontextmanager
async def embedded_house(folder: Path, *, clock: Clock = now) -> AsyncIterator[House]:
    """All five at work in this process until the block ends; their files are in `folder`.

    A mail server given in the environment (CRM_MARKETING_SMTP_HOST) is used instead of the mail box.
    """
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(_THREADS, thread_name_prefix="crm"))
    place = Place(folder)
    async with AsyncExitStack() as stack:
        box = MailBox(place.folder / "mail")
        box.folder.mkdir(parents=True, exist_ok=True)
        smtp = {} if os.environ.get("CRM_MARKETING_SMTP_HOST") else await stack.enter_async_context(receiving(box))
        topics = open_log(place.log_url, clock)
        stack.push_async_callback(topics.close)
        hosts: dict[str, Host] = {}
        for name, service in SERVICES.items():
            own: dict[str, Any] = smtp if name == "marketing" else {}
            settings = service.settings(database_url=place.databases[name], log_url=place.log_url, **own)
            at_work = running(service, settings, clock=clock, topics=topics, migrate=True)
            hosts[name] = await stack.enter_async_context(at_work)
        yield House(hosts, box)


@asynccontextmanager
async def receiving(box: MailBox) -> AsyncIterator[dict[str, Any]]:
    """A mail server on this machine's loopback, and the settings that lead to it."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(box, loop=loop), host="127.0.0.1", port=0)
    try:
        yield {"smtp_host": "127.0.0.1", "smtp_port": server.sockets[0].getsockname()[1]}
    finally:
        server.close()
        await server.wait_closed()

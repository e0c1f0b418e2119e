"""A real mail server on this machine, and what it is told to do."""

import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller


@dataclass
class SmtpServer:
    """What a real mail server on this machine is told to do, and what it got."""

    port: int
    received: list[EmailMessage] = field(default_factory=list)
    offered: list[str] = field(default_factory=list)
    refusals: dict[str, list[str]] = field(default_factory=dict)
    breaks: list[str] = field(default_factory=list)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        """Take or refuse a recipient, or break the connection before the letter."""
        self.offered.append(address)
        if self.breaks[:1] == ["before the letter"]:
            self.breaks.pop(0)
            server.transport.abort()
        if refusals := self.refusals.get(address):
            return refusals.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    @staticmethod
    async def gone_away(server: Any) -> None:
        """Wait until the other side has closed the connection."""
        while not server._reader.at_eof():
            await server._reader.read(1)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Take the letter; if told so, break the connection before the sender hears of it."""
        letter = message_from_bytes(envelope.content, _class=EmailMessage, policy=default)
        self.received.append(letter)
        if self.breaks[:1] == ["after the letter"]:
            self.breaks.pop(0)
            server.transport.abort()
        if self.breaks[:1] == ["silence"]:
            # Until the sender gives up and closes the connection.
            await self.gone_away(server)
        return self.refusals["letter"].pop(0) if self.refusals.get("letter") else "250 2.0.0 queued as 4Rk2"


@contextmanager
def delivering(**features: Any) -> Iterator[SmtpServer]:
    """A mail server with these features, until the block ends."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        office = SmtpServer(port=free.getsockname()[1])
    serving = Controller(office, hostname="127.0.0.1", port=office.port, **features)
    serving.start()
    yield office
    serving.stop()

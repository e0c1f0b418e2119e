"""A real mail server on this machine, with failures on demand."""

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
    """A real mail server: the failures it is asked for, and the e-mails it received."""

    port: int
    received: list[EmailMessage] = field(default_factory=list)
    offered: list[str] = field(default_factory=list)
    refusals: dict[str, list[str]] = field(default_factory=dict)
    breaks: list[str] = field(default_factory=list)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        """Take or refuse a recipient, or break the connection before the e-mail."""
        self.offered.append(address)
        if self.breaks[:1] == ["before the email"]:
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
        """Take the e-mail; if told so, break the connection before the sender hears of it."""
        email = message_from_bytes(envelope.content, _class=EmailMessage, policy=default)
        self.received.append(email)
        if self.breaks[:1] == ["after the email"]:
            self.breaks.pop(0)
            server.transport.abort()
        if self.breaks[:1] == ["silence"]:
            # Until the sender gives up and closes the connection.
            await self.gone_away(server)
        return self.refusals["email"].pop(0) if self.refusals.get("email") else "250 2.0.0 queued as 4Rk2"


@contextmanager
def delivering(**features: Any) -> Iterator[SmtpServer]:
    """Run a mail server with these features, until the block ends."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        smtp_server = SmtpServer(port=free.getsockname()[1])
    controller = Controller(smtp_server, hostname="127.0.0.1", port=smtp_server.port, **features)
    controller.start()
    yield smtp_server
    controller.stop()

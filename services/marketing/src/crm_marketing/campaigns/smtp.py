"""E-mail over SMTP, sent at most once: what was certainly not sent may be offered again, what is uncertain never.

"At most once" needs each step of the protocol by itself, and the standard library's `smtplib` allows that. Before the
first byte after the server's go-ahead to DATA an e-mail is certainly not sent; from then on it is perhaps sent.
"""

import re
import smtplib
import ssl
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from urllib.parse import quote
from uuid import UUID

_OK, _GO_AHEAD = 250, 354
_LONGEST_REPLY = 200
_MAILBOX = re.compile(r"[^\s\x00-\x1f\x7f\"(),:;<>@\[\\\]]{1,64}")
_DOMAIN = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
_NO_UTF8 = "The mail server does not support this address. 邮件服务器不支持此地址。"


class MailServerNotReady(Exception):
    """The mail server does not answer, or does not accept mail from us; nothing was sent."""


class AddressUnusable(Exception):
    """No e-mail can be sent to this address."""


class _NotAccepted(Exception):
    """The e-mail was certainly not accepted this time; it may be offered again."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The mail server accepted the e-mail, with this reply."""

    reply: str


@dataclass(frozen=True, slots=True)
class Bounced:
    """The mail server rejected the e-mail, for this reason."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """The connection broke where nobody can tell if the e-mail was accepted."""

    reason: str


Outcome = Accepted | Bounced | Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """The mail server we send through, and our address; `security` is none, starttls or tls."""

    host: str
    port: int
    sender: str
    security: str = "none"
    user: str = ""
    password: str = field(default="", repr=False)
    timeout: float = 30.0


@dataclass(frozen=True, slots=True)
class OutgoingEmail:
    """A composed e-mail: its recipient, and its bytes as they are sent."""

    recipient: str
    content: bytes


def compose(
    *,
    send_id: UUID,
    campaign_code: str,
    sender: str,
    recipient: str,
    name: str,
    language: str,
    subject: str,
    body: str,
    at: datetime,
) -> OutgoingEmail:
    """Return the e-mail, with the send id as its Message-ID; `AddressUnusable` where the address is not valid."""
    to = _address(name, recipient)
    mail = EmailMessage(policy=(SMTP if to.addr_spec.isascii() else SMTPUTF8).clone(cte_type="7bit"))
    mail["Message-ID"] = f"<{send_id}@{sender.rpartition('@')[2]}>"
    mail["Date"] = at
    mail["From"] = sender
    mail["To"] = to
    mail["Subject"] = subject
    mail["Auto-Submitted"] = "auto-generated"
    mail["List-Unsubscribe"] = f"<mailto:{sender}?subject={quote(f'unsubscribe {campaign_code}')}>"
    mail.set_content(body)
    mail["Content-Language"] = language
    return OutgoingEmail(recipient=to.addr_spec, content=mail.as_bytes())


def _address(name: str, recipient: str) -> Address:
    """Return the address with its domain in ASCII, and nothing in it that a mail server could read as syntax."""
    mailbox, _, domain = recipient.rpartition("@")
    try:
        ascii_domain = domain.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise AddressUnusable(recipient) from error
    if not _MAILBOX.fullmatch(mailbox) or not _DOMAIN.fullmatch(ascii_domain):
        raise AddressUnusable(recipient)
    return Address(display_name=" ".join(name.split()), username=mailbox, domain=ascii_domain)


class SmtpSender:
    """One connection to one mail server, kept open between e-mails; used by one thread at a time."""

    def __init__(
        self, server: MailServer, *, pauses: Sequence[float] = (1.0, 5.0), sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self.server = server
        self._pauses, self._sleep = pauses, sleep
        self._open: smtplib.SMTP | None = None
        self._expecting: smtplib.SMTP | None = None

    def prepare(self, email: OutgoingEmail) -> None:
        """Announce this e-mail to the mail server, and send nothing yet; `MailServerNotReady` when it declines."""
        self._expecting = self._begin(email)

    def send(self, email: OutgoingEmail) -> Outcome:
        """Send the e-mail; it is offered again only while the server has certainly not accepted it."""
        for pause in self._pauses:
            with suppress(_NotAccepted, MailServerNotReady):
                return self._offer(email)
            self._sleep(pause)
        try:
            return self._offer(email)
        except (_NotAccepted, MailServerNotReady) as error:
            return Bounced(str(error))

    def close(self) -> None:
        """Close the connection."""
        if self._open is not None:
            self._open.close()
        self._open = self._expecting = None

    def __del__(self) -> None:
        """Close a connection that nobody can use."""
        self.close()

    def _begin(self, email: OutgoingEmail) -> smtplib.SMTP:
        """Return a connection on which the server accepted our address, and waits for the recipient's."""
        try:
            smtp = self._connection()
            options = () if email.recipient.isascii() or not smtp.has_extn("smtputf8") else ("SMTPUTF8",)
            code, reply = smtp.mail(self.server.sender, options)
        except (OSError, UnicodeError) as error:
            self.close()
            raise MailServerNotReady(_describe(error)) from error
        if code != _OK:
            raise MailServerNotReady(_text(code, reply))
        return smtp

    def _connection(self) -> smtplib.SMTP:
        """Return the open connection, reset after the last e-mail, or a new one where it is gone."""
        if self._open is not None:
            with suppress(OSError):
                if self._open.rset()[0] == _OK:
                    return self._open
            self.close()
        self._open = _connect(self.server)
        return self._open

    def _offer(self, email: OutgoingEmail) -> Outcome:
        smtp = self._expecting or self._begin(email)
        self._expecting = None
        if not email.recipient.isascii() and not smtp.has_extn("smtputf8"):
            return Bounced(_NO_UTF8)
        try:
            code, reply = smtp.rcpt(email.recipient)
            if code // 100 == 2:
                code, reply = smtp.docmd("DATA")
        except OSError as error:
            self.close()
            raise _NotAccepted(_describe(error)) from error
        return self._transmit(smtp, email) if code == _GO_AHEAD else _refused(code, reply)

    def _transmit(self, smtp: smtplib.SMTP, email: OutgoingEmail) -> Outcome:
        """Transmit the e-mail; from its first byte on, a broken connection makes the outcome unknown."""
        try:
            smtp.send(_dot_stuffed(email.content))
            code, reply = smtp.getreply()
        except OSError as error:
            self.close()
            return Unknown(_describe(error))
        if code // 100 == 2:
            return Accepted(_text(code, reply))
        return _refused(code, reply) if code // 100 in (4, 5) else Unknown(_text(code, reply))


def _connect(server: MailServer) -> smtplib.SMTP:
    if not server.host:
        raise MailServerNotReady("no mail server is set up: CRM_MARKETING_SMTP_HOST is empty")
    ours = server.sender.rpartition("@")[2]
    trust = ssl.create_default_context()
    if server.security == "tls":
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, ours, timeout=server.timeout, context=trust)
    else:
        smtp = smtplib.SMTP(server.host, server.port, ours, timeout=server.timeout)
    with ExitStack() as otherwise:
        otherwise.callback(smtp.close)
        if server.security == "starttls":
            smtp.starttls(context=trust)
        smtp.ehlo_or_helo_if_needed()
        if server.user:
            smtp.login(server.user, server.password)
        otherwise.pop_all()
    return smtp


def _refused(code: int, reply: bytes) -> Bounced:
    """Return a permanent rejection; `_NotAccepted` where the server only asks to try again later."""
    if code // 100 == 5:
        return Bounced(_text(code, reply))
    raise _NotAccepted(_text(code, reply))


def _dot_stuffed(content: bytes) -> bytes:
    """Return the content with a dot before every dot that begins a line, and the lone dot that ends DATA."""
    ended = content if content.endswith(b"\r\n") else content + b"\r\n"
    dotted = b"." + ended if ended.startswith(b".") else ended
    return dotted.replace(b"\r\n.", b"\r\n..") + b".\r\n"


def _text(code: int, reply: bytes) -> str:
    return _line(f"{code} {reply.decode('utf-8', 'replace')}")


def _describe(error: Exception) -> str:
    return _line(f"{type(error).__name__}: {error}")


def _line(text: str) -> str:
    """Return one printable line, short enough to be stored."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())[:_LONGEST_REPLY]

"""Letters over SMTP, at most once each: what certainly went nowhere may be offered again, what is uncertain never.

The standard library's `smtplib` takes each step of the protocol by itself, which is what "at most once" needs: between
the server's go-ahead to DATA and the letter runs the line between certainly not sent and perhaps sent.
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
_NO_UTF8 = "The mail server cannot write to this address. 邮件服务器不支持此地址。"


class MailServerNotReady(Exception):
    """The mail server does not answer, or takes no mail from us; nothing was sent."""


class AddressUnusable(Exception):
    """No letter can be written to this address."""


class _NotTaken(Exception):
    """The letter was certainly not taken this time; it may be offered again."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The mail server took the letter, with this reply."""

    reply: str


@dataclass(frozen=True, slots=True)
class Bounced:
    """The mail server did not take the letter, and said why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """The connection broke where nobody can tell whether the letter was taken."""

    reason: str


Outcome = Accepted | Bounced | Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where letters go out, and in whose name; `security` is none, starttls or tls."""

    host: str
    port: int
    sender: str
    security: str = "none"
    user: str = ""
    password: str = field(default="", repr=False)
    timeout: float = 30.0


@dataclass(frozen=True, slots=True)
class Letter:
    """A finished mail: to whom, and its bytes as they travel."""

    recipient: str
    content: bytes


def write(
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
) -> Letter:
    """The letter, with the send id as its Message-ID; `AddressUnusable` where the address is none."""
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
    return Letter(recipient=to.addr_spec, content=mail.as_bytes())


def _address(name: str, recipient: str) -> Address:
    """The address as the wire wants it: the domain in ASCII, and nothing that a mail server could take for its own."""
    mailbox, _, domain = recipient.rpartition("@")
    try:
        wired = domain.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise AddressUnusable(recipient) from error
    if not _MAILBOX.fullmatch(mailbox) or not _DOMAIN.fullmatch(wired):
        raise AddressUnusable(recipient)
    return Address(display_name=" ".join(name.split()), username=mailbox, domain=wired)


class SmtpSender:
    """One connection to one mail server, kept open between letters; used by one thread at a time."""

    def __init__(
        self, server: MailServer, *, pauses: Sequence[float] = (1.0, 5.0), sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self.server = server
        self._pauses, self._sleep = pauses, sleep
        self._open: smtplib.SMTP | None = None
        self._expecting: smtplib.SMTP | None = None

    def prepare(self, letter: Letter) -> None:
        """Have the mail server expect this letter; `MailServerNotReady` when it cannot be had to. Sends nothing."""
        self._expecting = self._begun(letter)

    def send(self, letter: Letter) -> Outcome:
        """Send the letter; it is offered again only while the server has certainly not taken it."""
        for pause in self._pauses:
            with suppress(_NotTaken, MailServerNotReady):
                return self._offer(letter)
            self._sleep(pause)
        try:
            return self._offer(letter)
        except (_NotTaken, MailServerNotReady) as error:
            return Bounced(str(error))

    def close(self) -> None:
        """Let the connection go."""
        if self._open is not None:
            self._open.close()
        self._open = self._expecting = None

    def __del__(self) -> None:
        """A connection that nobody can use any longer is let go."""
        self.close()

    def _begun(self, letter: Letter) -> smtplib.SMTP:
        """A connection on which the server took our address as the sender's, and waits for the recipient's."""
        try:
            smtp = self._connection()
            options = () if letter.recipient.isascii() or not smtp.has_extn("smtputf8") else ("SMTPUTF8",)
            code, reply = smtp.mail(self.server.sender, options)
        except (OSError, UnicodeError) as error:
            self.close()
            raise MailServerNotReady(_words(error)) from error
        if code != _OK:
            raise MailServerNotReady(_text(code, reply))
        return smtp

    def _connection(self) -> smtplib.SMTP:
        """The connection that is open, with nothing left over from the letter before; a new one where it is gone."""
        if self._open is not None:
            with suppress(OSError):
                if self._open.rset()[0] == _OK:
                    return self._open
            self.close()
        self._open = _connect(self.server)
        return self._open

    def _offer(self, letter: Letter) -> Outcome:
        smtp = self._expecting or self._begun(letter)
        self._expecting = None
        if not letter.recipient.isascii() and not smtp.has_extn("smtputf8"):
            return Bounced(_NO_UTF8)
        try:
            code, reply = smtp.rcpt(letter.recipient)
            if code // 100 == 2:
                code, reply = smtp.docmd("DATA")
        except OSError as error:
            self.close()
            raise _NotTaken(_words(error)) from error
        return self._give(smtp, letter) if code == _GO_AHEAD else _refused(code, reply)

    def _give(self, smtp: smtplib.SMTP, letter: Letter) -> Outcome:
        """From the first byte of the letter on, a broken connection leaves us not knowing."""
        try:
            smtp.send(_stuffed(letter.content))
            code, reply = smtp.getreply()
        except OSError as error:
            self.close()
            return Unknown(_words(error))
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
    """A refusal for good; `_NotTaken` where the server only asks to come back."""
    if code // 100 == 5:
        return Bounced(_text(code, reply))
    raise _NotTaken(_text(code, reply))


def _stuffed(content: bytes) -> bytes:
    """The letter as DATA carries it: a dot before every dot that begins a line, and the lone dot that ends it."""
    ended = content if content.endswith(b"\r\n") else content + b"\r\n"
    dotted = b"." + ended if ended.startswith(b".") else ended
    return dotted.replace(b"\r\n.", b"\r\n..") + b".\r\n"


def _text(code: int, reply: bytes) -> str:
    return _line(f"{code} {reply.decode('utf-8', 'replace')}")


def _words(error: Exception) -> str:
    return _line(f"{type(error).__name__}: {error}")


def _line(text: str) -> str:
    """One printable line, short enough to be kept."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())[:_LONGEST_REPLY]

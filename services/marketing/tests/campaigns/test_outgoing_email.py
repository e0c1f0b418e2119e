"""An e-mail as it travels, and how often and how long a sender tries."""

from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest

from crm_marketing.campaigns.smtp import (
    Accepted,
    AddressUnusable,
    Bounced,
    MailServer,
    MailServerNotReady,
    SmtpSender,
    Unknown,
)
from services.marketing.tests.emails import an_email
from services.marketing.tests.smtp_server import SmtpServer


def sender_of(office: SmtpServer, pauses: list[float], **changes: Any) -> SmtpSender:
    """Return a sender that notes each pause instead of waiting."""
    server = MailServer(host="127.0.0.1", port=office.port, sender="news@example.com", **changes)
    return SmtpSender(server, sleep=pauses.append)


def test_every_head_of_an_email_says_what_it_should() -> None:
    email = an_email(language="en", subject="Dots", name="Ann", body="One")

    mail = message_from_bytes(email.content, policy=default)
    assert dict(mail.items()) == {
        "Message-ID": "<00000000-0000-0000-0000-000000000016@example.com>",
        "Date": "Sun, 01 Mar 2026 12:00:00 +0000",
        "From": "news@example.com",
        "To": "Ann <chen@example.com>",
        "Subject": "Dots",
        "Auto-Submitted": "auto-generated",
        "List-Unsubscribe": "<mailto:news@example.com?subject=unsubscribe%20CM-2026-048>",
        "Content-Type": 'text/plain; charset="utf-8"',
        "Content-Transfer-Encoding": "7bit",
        "MIME-Version": "1.0",
        "Content-Language": "en",
    }
    assert email.content.endswith(b"\r\n\r\nOne\r\n")
    assert email.recipient == "chen@example.com"


def test_a_mailbox_has_64_signs_at_most() -> None:
    assert an_email(recipient="x" * 64 + "@example.com").recipient == "x" * 64 + "@example.com"
    with pytest.raises(AddressUnusable, match=r"x@example\.com"):
        an_email(recipient="x" * 65 + "@example.com")


def test_an_email_is_offered_again_after_one_second_and_after_five(smtp_server: SmtpServer) -> None:
    pauses: list[float] = []
    smtp_server.refusals = {"chen@example.com": ["451 4.7.1 come back later"] * 3}
    sending = sender_of(smtp_server, pauses)

    outcomes = [sending.send(an_email()), sending.send(an_email())]

    sending.close()
    assert outcomes == [Bounced("451 4.7.1 come back later"), Accepted("250 2.0.0 queued as 4Rk2")]
    assert (pauses, len(smtp_server.offered)) == ([1.0, 5.0], 4)


def test_an_answer_that_is_neither_yes_nor_no_leaves_the_outcome_unknown(smtp_server: SmtpServer) -> None:
    pauses: list[float] = []
    smtp_server.refusals = {"email": ["354 go on"]}
    sending = sender_of(smtp_server, pauses)

    outcome = sending.send(an_email())

    sending.close()
    assert (outcome, pauses, len(smtp_server.received)) == (Unknown("354 go on"), [], 1)


def test_a_broken_connection_is_named_and_the_next_email_goes_over_a_new_one(smtp_server: SmtpServer) -> None:
    smtp_server.breaks = ["after the email"]
    sending = sender_of(smtp_server, [])

    outcomes = [sending.send(an_email()), sending.send(an_email())]

    sending.close()
    broken = Unknown("SMTPServerDisconnected: Connection unexpectedly closed")
    assert outcomes == [broken, Accepted("250 2.0.0 queued as 4Rk2")]


def test_a_sender_without_a_server_names_the_variable_that_is_empty() -> None:
    with pytest.raises(MailServerNotReady) as refusal:
        SmtpSender(MailServer(host="", port=25, sender="news@example.com")).prepare(an_email())

    assert str(refusal.value).endswith("no mail server is set up: CRM_MARKETING_SMTP_HOST is empty")


def test_a_password_is_never_shown_with_the_server() -> None:
    assert "secret" not in repr(MailServer(host="mail", port=25, sender="a@b", user="x", password="secret"))

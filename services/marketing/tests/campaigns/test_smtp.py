"""E-mails over a real connection to a real mail server on this machine."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from crm_marketing.campaigns.effects import Mailing, effects_with
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


@pytest.fixture
def sender(smtp_server: SmtpServer) -> Iterator[SmtpSender]:
    """A sender whose mail server is there."""
    sending = SmtpSender(MailServer(host="127.0.0.1", port=smtp_server.port, sender="news@example.com"), pauses=(0, 0))
    yield sending
    sending.close()


def test_an_accepted_email_arrives_as_it_was_written(sender: SmtpSender, smtp_server: SmtpServer) -> None:
    outcome = sender.send(an_email())

    (mail,) = smtp_server.received
    assert outcome == Accepted("250 2.0.0 queued as 4Rk2")
    assert (mail["Subject"], mail["To"]) == ("陈晓雯，全新 X2 上市", "陈晓雯 <chen@example.com>")
    assert mail.get_content().replace("\r\n", "\n") == "您好！\n.\n.hidden\n欢迎到店体验。\n"


def test_an_email_carries_its_send_id_and_a_way_to_unsubscribe(sender: SmtpSender, smtp_server: SmtpServer) -> None:
    sender.send(an_email())

    (mail,) = smtp_server.received
    assert mail["Message-ID"] == "<00000000-0000-0000-0000-000000000016@example.com>"
    assert mail["List-Unsubscribe"] == "<mailto:news@example.com?subject=unsubscribe%20CM-2026-048>"
    assert (mail["From"], mail["Content-Language"]) == ("news@example.com", "zh")


def test_a_line_that_begins_with_a_dot_does_not_end_the_email(sender: SmtpSender, smtp_server: SmtpServer) -> None:
    sender.send(an_email(language="en", body="One\n.\nTwo\n..\n", subject="Dots", name="Ann"))

    (mail,) = smtp_server.received
    assert mail.get_content().splitlines() == ["One", ".", "Two", ".."]


def test_a_name_cannot_smuggle_in_a_recipient(sender: SmtpSender, smtp_server: SmtpServer) -> None:
    sender.send(an_email(name='Ann"\r\nBcc: all@example.com\r\n\r\n<evil@example.com>'))

    (mail,) = smtp_server.received
    assert (mail["Bcc"], [address.addr_spec for address in mail["To"].addresses]) == (None, ["chen@example.com"])
    assert smtp_server.offered == ["chen@example.com"]


@pytest.mark.parametrize(
    "address",
    ["", "chen", "@example.com", "chen@", "a b@example.com", "a@b\r\nBcc: c@d", "a@" + "x" * 70 + ".cn", "a@b..c"],
)
def test_no_email_is_written_to_what_is_no_address(address: str) -> None:
    with pytest.raises(AddressUnusable):
        an_email(recipient=address)


def test_a_chinese_domain_is_written_as_the_wire_wants_it() -> None:
    assert an_email(recipient="chen@例子.中国").recipient == "chen@xn--fsqu00a.xn--fiqs8s"


def test_a_chinese_mailbox_is_written_to_where_the_server_can(sender: SmtpSender, smtp_server: SmtpServer) -> None:
    outcome = sender.send(an_email(recipient="陈@example.com"))

    assert isinstance(outcome, Accepted)
    assert smtp_server.offered == ["陈@example.com"]


def test_a_chinese_mailbox_bounces_where_the_server_cannot(old_smtp_server: SmtpServer) -> None:
    old = SmtpSender(MailServer(host="127.0.0.1", port=old_smtp_server.port, sender="news@example.com"))

    outcome = old.send(an_email(recipient="陈@example.com"))

    old.close()
    assert isinstance(outcome, Bounced)
    assert old_smtp_server.offered == []


def test_a_recipient_the_server_does_not_know_bounces(sender: SmtpSender, smtp_server: SmtpServer) -> None:
    smtp_server.refusals = {"chen@example.com": ["550 5.1.1 mailbox unknown"]}

    outcome = sender.send(an_email())

    assert outcome == Bounced("550 5.1.1 mailbox unknown")
    assert smtp_server.offered == ["chen@example.com"]


def test_an_email_the_server_does_not_like_bounces(sender: SmtpSender, smtp_server: SmtpServer) -> None:
    smtp_server.refusals = {"email": ["554 5.7.1 looks like spam"]}

    assert sender.send(an_email()) == Bounced("554 5.7.1 looks like spam")


def test_the_next_email_goes_on_the_same_connection_after_a_bounce(sender: SmtpSender, smtp_server: SmtpServer) -> None:
    smtp_server.refusals = {"chen@example.com": ["550 5.1.1 mailbox unknown"]}

    outcomes = [sender.send(an_email()), sender.send(an_email(recipient="wu@example.com"))]

    assert [type(outcome) for outcome in outcomes] == [Bounced, Accepted]


@pytest.mark.parametrize("where", ["chen@example.com", "email"])
def test_an_email_is_offered_again_when_the_server_asks_to_come_back(
    sender: SmtpSender, smtp_server: SmtpServer, where: str
) -> None:
    smtp_server.refusals = {where: ["451 4.7.1 come back later"]}

    outcome = sender.send(an_email())

    assert isinstance(outcome, Accepted)
    assert len(smtp_server.offered) == 2


def test_an_email_that_is_put_off_three_times_bounces(sender: SmtpSender, smtp_server: SmtpServer) -> None:
    smtp_server.refusals = {"chen@example.com": ["451 4.7.1 come back later"] * 5}

    outcome = sender.send(an_email())

    assert outcome == Bounced("451 4.7.1 come back later")
    assert len(smtp_server.offered) == 3


def test_a_connection_lost_before_the_email_is_tried_again(sender: SmtpSender, smtp_server: SmtpServer) -> None:
    smtp_server.breaks = ["before the email"]

    outcome = sender.send(an_email())

    assert isinstance(outcome, Accepted)
    assert (len(smtp_server.offered), len(smtp_server.received)) == (2, 1)


def test_a_connection_lost_after_the_email_leaves_the_outcome_unknown(
    sender: SmtpSender, smtp_server: SmtpServer
) -> None:
    smtp_server.breaks = ["after the email"]

    outcome = sender.send(an_email())

    assert isinstance(outcome, Unknown)
    assert (len(smtp_server.offered), len(smtp_server.received)) == (1, 1)


def test_a_server_that_falls_silent_after_the_email_leaves_the_outcome_unknown(smtp_server: SmtpServer) -> None:
    server = MailServer(host="127.0.0.1", port=smtp_server.port, sender="news@example.com", timeout=0.2)
    sending = SmtpSender(server, pauses=(0, 0))
    smtp_server.breaks = ["silence"]

    outcome = sending.send(an_email())

    sending.close()
    assert isinstance(outcome, Unknown)


def test_a_kept_connection_that_was_closed_meanwhile_is_opened_anew(
    sender: SmtpSender, smtp_server: SmtpServer
) -> None:
    smtp_server.breaks = ["after the email"]
    sender.send(an_email())

    sender.prepare(an_email())

    assert isinstance(sender.send(an_email()), Accepted)


def test_a_server_that_is_not_there_is_not_ready() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    nobody = SmtpSender(MailServer(host="127.0.0.1", port=port, sender="news@example.com"), pauses=(0, 0))

    with pytest.raises(MailServerNotReady):
        nobody.prepare(an_email())


def test_a_server_that_does_not_know_who_we_are_is_not_ready(smtp_server: SmtpServer) -> None:
    server = MailServer(
        host="127.0.0.1", port=smtp_server.port, sender="news@example.com", user="marketing", password="secret"
    )

    with pytest.raises(MailServerNotReady):
        SmtpSender(server).prepare(an_email())


def test_a_server_without_encryption_is_not_ready_where_encryption_is_asked_for(smtp_server: SmtpServer) -> None:
    server = MailServer(host="127.0.0.1", port=smtp_server.port, sender="news@example.com", security="starttls")

    with pytest.raises(MailServerNotReady):
        SmtpSender(server).prepare(an_email())


def test_the_connection_is_let_go_when_nothing_more_is_asked_of_the_effects(
    sender: SmtpSender, smtp_server: SmtpServer
) -> None:
    nobody: Any = None
    effects = effects_with(Mailing(nobody, nobody, sender, nobody))
    sender.send(an_email())
    kept = sender._open

    for effect in effects:
        effect.close()

    assert kept is not None
    assert kept.sock is None


def test_preparing_sends_nothing(sender: SmtpSender, smtp_server: SmtpServer) -> None:
    sender.prepare(an_email())
    sender.prepare(an_email())

    assert (smtp_server.offered, smtp_server.received) == ([], [])


def test_a_reply_is_kept_as_one_short_line(sender: SmtpSender, smtp_server: SmtpServer) -> None:
    smtp_server.refusals = {"chen@example.com": ["550-first line\r\n550 " + "x" * 300]}

    outcome = sender.send(an_email())

    assert isinstance(outcome, Bounced)
    assert outcome.reason.startswith("550 first line xxx")
    assert len(outcome.reason) <= 200

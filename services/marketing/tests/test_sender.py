"""Letters over a real connection to a real mail server on this machine."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from crm_marketing.effects import Mailing, effects_with
from crm_marketing.sender import (
    Accepted,
    AddressUnusable,
    Bounced,
    MailServer,
    MailServerNotReady,
    SmtpSender,
    Unknown,
)
from services.marketing.tests.post_office import PostOffice
from services.marketing.tests.support.letters import a_letter


@pytest.fixture
def sender(post_office: PostOffice) -> Iterator[SmtpSender]:
    """A sender whose mail server is there."""
    sending = SmtpSender(MailServer(host="127.0.0.1", port=post_office.port, sender="news@example.com"), pauses=(0, 0))
    yield sending
    sending.close()


def test_an_accepted_letter_arrives_as_it_was_written(sender: SmtpSender, post_office: PostOffice) -> None:
    outcome = sender.send(a_letter())

    (mail,) = post_office.received
    assert outcome == Accepted("250 2.0.0 queued as 4Rk2")
    assert (mail["Subject"], mail["To"]) == ("陈晓雯，全新 X2 上市", "陈晓雯 <chen@example.com>")
    assert mail.get_content().replace("\r\n", "\n") == "您好！\n.\n.hidden\n欢迎到店体验。\n"


def test_a_letter_carries_its_send_id_and_a_way_to_unsubscribe(sender: SmtpSender, post_office: PostOffice) -> None:
    sender.send(a_letter())

    (mail,) = post_office.received
    assert mail["Message-ID"] == "<00000000-0000-0000-0000-000000000016@example.com>"
    assert mail["List-Unsubscribe"] == "<mailto:news@example.com?subject=unsubscribe%20CM-2026-048>"
    assert (mail["From"], mail["Content-Language"]) == ("news@example.com", "zh")


def test_a_line_that_begins_with_a_dot_does_not_end_the_letter(sender: SmtpSender, post_office: PostOffice) -> None:
    sender.send(a_letter(language="en", body="One\n.\nTwo\n..\n", subject="Dots", name="Ann"))

    (mail,) = post_office.received
    assert mail.get_content().splitlines() == ["One", ".", "Two", ".."]


def test_a_name_cannot_smuggle_in_a_recipient(sender: SmtpSender, post_office: PostOffice) -> None:
    sender.send(a_letter(name='Ann"\r\nBcc: all@example.com\r\n\r\n<evil@example.com>'))

    (mail,) = post_office.received
    assert (mail["Bcc"], [address.addr_spec for address in mail["To"].addresses]) == (None, ["chen@example.com"])
    assert post_office.offered == ["chen@example.com"]


@pytest.mark.parametrize(
    "address",
    ["", "chen", "@example.com", "chen@", "a b@example.com", "a@b\r\nBcc: c@d", "a@" + "x" * 70 + ".cn", "a@b..c"],
)
def test_no_letter_is_written_to_what_is_no_address(address: str) -> None:
    with pytest.raises(AddressUnusable):
        a_letter(recipient=address)


def test_a_chinese_domain_is_written_as_the_wire_wants_it() -> None:
    assert a_letter(recipient="chen@例子.中国").recipient == "chen@xn--fsqu00a.xn--fiqs8s"


def test_a_chinese_mailbox_is_written_to_where_the_server_can(sender: SmtpSender, post_office: PostOffice) -> None:
    outcome = sender.send(a_letter(recipient="陈@example.com"))

    assert isinstance(outcome, Accepted)
    assert post_office.offered == ["陈@example.com"]


def test_a_chinese_mailbox_bounces_where_the_server_cannot(old_post_office: PostOffice) -> None:
    old = SmtpSender(MailServer(host="127.0.0.1", port=old_post_office.port, sender="news@example.com"))

    outcome = old.send(a_letter(recipient="陈@example.com"))

    old.close()
    assert isinstance(outcome, Bounced)
    assert old_post_office.offered == []


def test_a_recipient_the_server_does_not_know_bounces(sender: SmtpSender, post_office: PostOffice) -> None:
    post_office.refusals = {"chen@example.com": ["550 5.1.1 mailbox unknown"]}

    outcome = sender.send(a_letter())

    assert outcome == Bounced("550 5.1.1 mailbox unknown")
    assert post_office.offered == ["chen@example.com"]


def test_a_letter_the_server_does_not_like_bounces(sender: SmtpSender, post_office: PostOffice) -> None:
    post_office.refusals = {"letter": ["554 5.7.1 looks like spam"]}

    assert sender.send(a_letter()) == Bounced("554 5.7.1 looks like spam")


def test_the_next_letter_goes_on_the_same_connection_after_a_bounce(
    sender: SmtpSender, post_office: PostOffice
) -> None:
    post_office.refusals = {"chen@example.com": ["550 5.1.1 mailbox unknown"]}

    outcomes = [sender.send(a_letter()), sender.send(a_letter(recipient="wu@example.com"))]

    assert [type(outcome) for outcome in outcomes] == [Bounced, Accepted]


@pytest.mark.parametrize("where", ["chen@example.com", "letter"])
def test_a_letter_is_offered_again_when_the_server_asks_to_come_back(
    sender: SmtpSender, post_office: PostOffice, where: str
) -> None:
    post_office.refusals = {where: ["451 4.7.1 come back later"]}

    outcome = sender.send(a_letter())

    assert isinstance(outcome, Accepted)
    assert len(post_office.offered) == 2


def test_a_letter_that_is_put_off_three_times_bounces(sender: SmtpSender, post_office: PostOffice) -> None:
    post_office.refusals = {"chen@example.com": ["451 4.7.1 come back later"] * 5}

    outcome = sender.send(a_letter())

    assert outcome == Bounced("451 4.7.1 come back later")
    assert len(post_office.offered) == 3


def test_a_connection_lost_before_the_letter_is_tried_again(sender: SmtpSender, post_office: PostOffice) -> None:
    post_office.breaks = ["before the letter"]

    outcome = sender.send(a_letter())

    assert isinstance(outcome, Accepted)
    assert (len(post_office.offered), len(post_office.received)) == (2, 1)


def test_a_connection_lost_after_the_letter_leaves_the_outcome_unknown(
    sender: SmtpSender, post_office: PostOffice
) -> None:
    post_office.breaks = ["after the letter"]

    outcome = sender.send(a_letter())

    assert isinstance(outcome, Unknown)
    assert (len(post_office.offered), len(post_office.received)) == (1, 1)


def test_a_server_that_falls_silent_after_the_letter_leaves_the_outcome_unknown(post_office: PostOffice) -> None:
    server = MailServer(host="127.0.0.1", port=post_office.port, sender="news@example.com", timeout=0.2)
    sending = SmtpSender(server, pauses=(0, 0))
    post_office.breaks = ["silence"]

    outcome = sending.send(a_letter())

    sending.close()
    assert isinstance(outcome, Unknown)


def test_a_kept_connection_that_was_closed_meanwhile_is_opened_anew(
    sender: SmtpSender, post_office: PostOffice
) -> None:
    post_office.breaks = ["after the letter"]
    sender.send(a_letter())

    sender.prepare(a_letter())

    assert isinstance(sender.send(a_letter()), Accepted)


def test_a_server_that_is_not_there_is_not_ready() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    nobody = SmtpSender(MailServer(host="127.0.0.1", port=port, sender="news@example.com"), pauses=(0, 0))

    with pytest.raises(MailServerNotReady):
        nobody.prepare(a_letter())


def test_a_server_that_does_not_know_who_we_are_is_not_ready(post_office: PostOffice) -> None:
    server = MailServer(
        host="127.0.0.1", port=post_office.port, sender="news@example.com", user="marketing", password="secret"
    )

    with pytest.raises(MailServerNotReady):
        SmtpSender(server).prepare(a_letter())


def test_a_server_without_encryption_is_not_ready_where_encryption_is_asked_for(post_office: PostOffice) -> None:
    server = MailServer(host="127.0.0.1", port=post_office.port, sender="news@example.com", security="starttls")

    with pytest.raises(MailServerNotReady):
        SmtpSender(server).prepare(a_letter())


def test_the_connection_is_let_go_when_nothing_more_is_asked_of_the_effects(
    sender: SmtpSender, post_office: PostOffice
) -> None:
    nobody: Any = None
    effects = effects_with(Mailing(nobody, nobody, sender, nobody))
    sender.send(a_letter())
    kept = sender._open

    for effect in effects:
        effect.close()

    assert kept is not None
    assert kept.sock is None


def test_preparing_sends_nothing(sender: SmtpSender, post_office: PostOffice) -> None:
    sender.prepare(a_letter())
    sender.prepare(a_letter())

    assert (post_office.offered, post_office.received) == ([], [])


def test_a_reply_is_kept_as_one_short_line(sender: SmtpSender, post_office: PostOffice) -> None:
    post_office.refusals = {"chen@example.com": ["550-first line\r\n550 " + "x" * 300]}

    outcome = sender.send(a_letter())

    assert isinstance(outcome, Bounced)
    assert outcome.reason.startswith("550 first line xxx")
    assert len(outcome.reason) <= 200

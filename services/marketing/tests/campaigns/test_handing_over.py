"""Each message is handed over once, through a real mail server, whatever breaks."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from crm_chassis.testing import NOON, command_context
from crm_events import marketing as events
from crm_events.values import Language
from crm_marketing.campaigns.effects import effects_of
from crm_marketing.messages.commands import HandOverMessage
from crm_marketing.messages.message import message_id
from services.marketing.tests.running_service import Marketing, a_customer

MS_CHEN = UUID(int=7)


def handed_over_by_a_process_that_died(marketing: Marketing) -> None:
    """Leave behind what an attempt leaves that was killed between the hand-over and its outcome."""
    application = marketing.runtime.application
    (request,) = marketing.published(events.MessageRequested)
    command = HandOverMessage(message_id=request.data.message_id, language=Language.ZH, rule="sending 2026-1")
    application.execute(command, command_context())


def test_an_email_the_server_refuses_bounces_and_the_others_go(marketing: Marketing) -> None:
    marketing.hear(*a_customer(7), *a_customer(8))
    marketing.smtp.refusals = {"c7@example.com": ["550 5.1.1 mailbox unknown"]}
    campaign_id = marketing.launched()

    marketing.turn()

    assert marketing.states(campaign_id) == {7: "bounced", 8: "accepted"}


def test_an_address_that_is_none_bounces_without_an_email(marketing: Marketing) -> None:
    marketing.hear(*a_customer(7, emails=("nobody",)))
    campaign_id = marketing.launched()

    marketing.turn()

    assert marketing.states(campaign_id) == {7: "bounced"}
    assert marketing.smtp.offered == []


def test_an_email_whose_connection_broke_is_unknown_and_never_sent_again(marketing: Marketing) -> None:
    marketing.hear(*a_customer(7))
    marketing.smtp.breaks = ["after the email"]
    campaign_id = marketing.launched()

    marketing.turn()
    marketing.react_again()

    assert marketing.states(campaign_id) == {7: "unknown"}
    assert len(marketing.smtp.received) == 1
    found = {
        state: len(marketing.get(f"/campaigns/{campaign_id}/messages?state={state}")["items"])
        for state in ("requested", "left_out", "handed_over", "accepted", "bounced", "unknown", "answered")
    }
    assert [state for state, count in found.items() if count] == ["unknown"]


def test_a_message_handed_over_by_a_process_that_died_is_unknown_and_never_sent_again(marketing: Marketing) -> None:
    marketing.hear(*a_customer(7))
    campaign_id = marketing.launched()
    marketing.turn_without_mail()
    handed_over_by_a_process_that_died(marketing)

    marketing.turn()
    marketing.react_again()

    assert marketing.states(campaign_id) == {7: "unknown"}
    assert marketing.smtp.offered == []


def test_two_workers_on_one_message_send_one_email(marketing: Marketing, monkeypatch: pytest.MonkeyPatch) -> None:
    marketing.hear(*a_customer(7))
    campaign_id = marketing.launched()
    prepare = marketing.sender.prepare

    def while_a_rival_is_faster(email: Any) -> None:
        """The rival hands the same message over after this worker has judged it, and before it hands it over."""
        monkeypatch.setattr(marketing.sender, "prepare", prepare)
        marketing.react_to(events.MessageRequested)
        prepare(email)

    monkeypatch.setattr(marketing.sender, "prepare", while_a_rival_is_faster)
    marketing.turn()

    assert marketing.states(campaign_id) == {7: "accepted"}
    assert len(marketing.smtp.offered) == 1


def test_an_unknown_outcome_is_cleared_up_by_whoever_looked_it_up(marketing: Marketing) -> None:
    marketing.hear(*a_customer(7))
    marketing.smtp.breaks = ["after the email"]
    campaign_id = marketing.launched()
    marketing.turn()

    marketing.ask("record-acceptance", message_id=str(message_id(UUID(campaign_id), MS_CHEN)))
    marketing.turn()

    assert marketing.states(campaign_id) == {7: "accepted"}


def test_messages_wait_while_the_mail_server_is_away_and_go_when_it_is_back(marketing: Marketing) -> None:
    marketing.hear(*a_customer(7))
    campaign_id = marketing.launched()

    marketing.turn_without_mail()
    waiting = marketing.states(campaign_id)
    marketing.turn()

    assert (waiting, marketing.states(campaign_id)) == ({7: "requested"}, {7: "accepted"})
    assert len(marketing.smtp.received) == 1


def test_a_request_that_waited_longer_than_two_days_bounces_instead(marketing: Marketing) -> None:
    marketing.hear(*a_customer(7))
    campaign_id = marketing.launched()
    marketing.turn_without_mail()

    marketing.now = NOON + timedelta(hours=49)
    marketing.turn()

    assert marketing.states(campaign_id) == {7: "bounced"}
    assert marketing.smtp.received == []


def test_emails_go_through_the_mail_server_of_the_settings(marketing: Marketing) -> None:
    runtime = marketing.runtime
    marketing.hear(*a_customer(7))
    marketing.launched()
    marketing.turn_without_mail()

    (_, hand_over) = effects_of(runtime.settings, runtime.application, runtime.engine, runtime.clock)
    hand_over.then(*marketing.published(hand_over.whenever))

    (email,) = marketing.smtp.received
    assert email["From"] == runtime.settings.smtp_from == "marketing@localhost"

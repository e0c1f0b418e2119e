"""A launched campaign on the real store, log, read models and reactions, through a real mail server."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from crm_chassis.testing import NOON, circumstances
from crm_events import marketing as said
from crm_events.contacts import ConsentWithdrawn, ImportanceListed, ImportanceListing
from crm_events.support import CaseDeclaredUnresolvable, CaseKind, CaseResolved, ComplaintFiled, QuestionAsked, Severity
from crm_events.values import Channel, ConsentChannel, Language
from crm_marketing import commands as ask
from crm_marketing.domain.message import message_id
from crm_marketing.effects import effects_of

MS_CHEN, MR_WU = UUID(int=7), UUID(int=8)
COMPLAINT = UUID(int=2)
FILED = ComplaintFiled(
    customer_id=MS_CHEN, case_id=COMPLAINT, channel=Channel.CALL_CENTRE, subject="Screen", text="It flickers.",
    severity=Severity.HIGH,
)  # fmt: skip
OF_THE_COMPLAINT = {"customer_id": MS_CHEN, "case_id": COMPLAINT, "kind": CaseKind.COMPLAINT}
RESOLVED = CaseResolved(**OF_THE_COMPLAINT, resolution="Repaired", opened_at=NOON, waited=timedelta(days=3))


def states(marketing: Any, campaign_id: str) -> dict[int, str]:
    """Customer's number -> the state of the campaign's message, or why there was none."""
    items = marketing.get(f"/campaigns/{campaign_id}/messages")["items"]
    return {
        UUID(item["customer_id"]).int: item["reason"] if item["state"] == "left_out" else item["state"]
        for item in items
    }


def handed_over_by_a_process_that_died(marketing: Any) -> None:
    """All that is left of an attempt that was killed between the hand-over and its outcome."""
    application = marketing.works.application
    (request,) = marketing.said(said.MessageRequested)
    command = ask.HandOverMessage(message_id=request.data.message_id, language=Language.ZH, rule="sending 2026-1")
    application.perform(application.hand_over_message, command, circumstances())


@pytest.mark.parametrize(
    "database", ["marketing", pytest.param("marketing_on_postgresql", marks=pytest.mark.needs_postgres)]
)
@pytest.mark.feature("M54", "X12")
def test_everybody_who_may_be_written_to_gets_one_letter(
    database: str, customer: Any, request: pytest.FixtureRequest
) -> None:
    marketing = request.getfixturevalue(database)
    marketing.hear(*customer(7), *customer(8, name="Ann", language=Language.EN))
    campaign_id = marketing.launched()

    marketing.turn()

    letters = {letter["To"].addresses[0].addr_spec: letter["Subject"] for letter in marketing.post.received}
    assert letters == {"c7@example.com": "陈7，全新 X2 上市", "c8@example.com": "Ann, the new X2 is here"}
    assert states(marketing, campaign_id) == {7: "accepted", 8: "accepted"}


@pytest.mark.feature("M21")
def test_a_campaign_reaches_the_customers_it_is_for_and_nobody_else(marketing: Any, customer: Any) -> None:
    elsewhere = customer(9)[0].addresses[0].model_copy(update={"city": "北京"})
    marketing.hear(
        *customer(7), *customer(8), *customer(9, addresses=(elsewhere,)), *customer(10, language=Language.EN)
    )
    for number in (7, 9, 10):
        marketing.hear(listed(number, ImportanceListing.RED))
    campaign_id = marketing.launched(audience={"languages": ["zh"], "importance": ["red"], "cities": ["广州", "深圳"]})

    marketing.turn()

    assert states(marketing, campaign_id) == {7: "accepted"}


@pytest.mark.feature("M70")
def test_different_customers_get_the_template_of_their_campaign(marketing: Any, customer: Any) -> None:
    marketing.hear(*customer(7), listed(7, ImportanceListing.RED), *customer(8))
    words = {
        "subject": {"en": "Tea at our house", "zh": "贵宾茶会"},
        "body": {"en": "Dear {name}", "zh": "{name}，您好"},
    }
    marketing.launched(code="CM-2026-049", audience={"importance": ["red"]}, **words)
    marketing.launched(code="CM-2026-050", audience={"importance": ["general"]})

    marketing.turn()

    letters = {letter["To"].addresses[0].addr_spec: letter["Subject"] for letter in marketing.post.received}
    assert letters == {"c7@example.com": "贵宾茶会", "c8@example.com": "陈8，全新 X2 上市"}


def test_who_may_not_be_written_to_is_left_out_with_the_reason(marketing: Any, customer: Any) -> None:
    marketing.hear(*customer(7), *customer(8, consent=False), *customer(9), *customer(10, emails=()))
    marketing.hear(FILED, listed(9, ImportanceListing.BLACK))
    campaign_id = marketing.launched()

    marketing.turn()

    assert states(marketing, campaign_id) == {7: "open_complaint", 8: "no_consent", 9: "black_listed", 10: "no_address"}
    assert marketing.post.offered == []


def test_a_customer_left_out_for_a_complaint_is_told_with_its_case(marketing: Any, customer: Any) -> None:
    marketing.hear(*customer(7), FILED)
    marketing.launched()

    marketing.turn()

    (left_out,) = marketing.said(said.CustomerLeftOut)
    assert (left_out.data.reason, left_out.data.case_id) == (said.LeftOutReason.OPEN_COMPLAINT, COMPLAINT)
    assert left_out.causation_id == str(marketing.said(said.CampaignLaunched)[0].id)


def test_a_complaint_without_a_remedy_still_leaves_the_customer_out(marketing: Any, customer: Any) -> None:
    marketing.hear(*customer(7), FILED, CaseDeclaredUnresolvable(**OF_THE_COMPLAINT, reason="Until firmware 2.1"))
    campaign_id = marketing.launched()

    marketing.turn()

    assert states(marketing, campaign_id) == {7: "open_complaint"}


def test_an_open_question_does_not_leave_the_customer_out(marketing: Any, customer: Any) -> None:
    question = QuestionAsked(
        customer_id=MS_CHEN, case_id=UUID(int=3), channel=Channel.WEB, subject="Screen", text="Why?"
    )
    marketing.hear(*customer(7), question, FILED, RESOLVED)
    campaign_id = marketing.launched()

    marketing.turn()

    assert states(marketing, campaign_id) == {7: "accepted"}


def test_a_complaint_between_request_and_hand_over_calls_the_message_back(marketing: Any, customer: Any) -> None:
    campaign_id = marketing.launched()
    marketing.turn()
    marketing.ask("request-messages", campaign_id=campaign_id, customer_ids=[str(MS_CHEN)])
    marketing.hear(*customer(7), FILED)

    marketing.turn()

    assert states(marketing, campaign_id) == {7: "open_complaint"}
    assert marketing.post.offered == []


def test_a_message_to_somebody_nobody_knows_is_called_back(marketing: Any) -> None:
    campaign_id = marketing.launched()
    marketing.ask("request-messages", campaign_id=campaign_id, customer_ids=[str(MS_CHEN)])

    marketing.turn()

    assert states(marketing, campaign_id) == {7: "no_address"}


def test_consent_withdrawn_yesterday_and_given_today_stands_whatever_is_heard_first(
    marketing: Any, customer: Any, hours: Any
) -> None:
    withdrawn = ConsentWithdrawn(customer_id=MS_CHEN, channel=ConsentChannel.EMAIL, reason="too many")
    marketing.hear(*customer(7))
    marketing.hear(withdrawn, time=NOON - hours(24))
    campaign_id = marketing.launched()

    marketing.turn()

    assert states(marketing, campaign_id) == {7: "accepted"}


def test_a_letter_the_server_refuses_bounces_and_the_others_go(marketing: Any, customer: Any) -> None:
    marketing.hear(*customer(7), *customer(8))
    marketing.post.refusals = {"c7@example.com": ["550 5.1.1 mailbox unknown"]}
    campaign_id = marketing.launched()

    marketing.turn()

    assert states(marketing, campaign_id) == {7: "bounced", 8: "accepted"}


def test_an_address_that_is_none_bounces_without_a_letter(marketing: Any, customer: Any) -> None:
    marketing.hear(*customer(7, emails=("nobody",)))
    campaign_id = marketing.launched()

    marketing.turn()

    assert states(marketing, campaign_id) == {7: "bounced"}
    assert marketing.post.offered == []


def test_a_letter_whose_connection_broke_is_unknown_and_never_sent_again(marketing: Any, customer: Any) -> None:
    marketing.hear(*customer(7))
    marketing.post.breaks = ["after the letter"]
    campaign_id = marketing.launched()

    marketing.turn()
    marketing.react_again()

    assert states(marketing, campaign_id) == {7: "unknown"}
    assert len(marketing.post.received) == 1


def test_a_message_handed_over_by_a_process_that_died_is_unknown_and_never_sent_again(
    marketing: Any, customer: Any
) -> None:
    marketing.hear(*customer(7))
    campaign_id = marketing.launched()
    marketing.turn_without_mail()
    handed_over_by_a_process_that_died(marketing)

    marketing.turn()
    marketing.react_again()

    assert states(marketing, campaign_id) == {7: "unknown"}
    assert marketing.post.offered == []


def test_two_workers_on_one_message_send_one_letter(
    marketing: Any, customer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    marketing.hear(*customer(7))
    campaign_id = marketing.launched()
    prepare = marketing.sender.prepare

    def while_a_rival_is_faster(letter: Any) -> None:
        """The rival hands the same message over after this worker has judged it, and before it hands it over."""
        monkeypatch.setattr(marketing.sender, "prepare", prepare)
        marketing.react_to(said.MessageRequested)
        prepare(letter)

    monkeypatch.setattr(marketing.sender, "prepare", while_a_rival_is_faster)
    marketing.turn()

    assert states(marketing, campaign_id) == {7: "accepted"}
    assert len(marketing.post.offered) == 1


def test_an_unknown_outcome_is_cleared_up_by_whoever_looked_it_up(marketing: Any, customer: Any) -> None:
    marketing.hear(*customer(7))
    marketing.post.breaks = ["after the letter"]
    campaign_id = marketing.launched()
    marketing.turn()

    marketing.ask("record-acceptance", message_id=str(message_id(UUID(campaign_id), MS_CHEN)))
    marketing.turn()

    assert states(marketing, campaign_id) == {7: "accepted"}


def test_messages_wait_while_the_mail_server_is_away_and_go_when_it_is_back(marketing: Any, customer: Any) -> None:
    marketing.hear(*customer(7))
    campaign_id = marketing.launched()

    marketing.turn_without_mail()
    waiting = states(marketing, campaign_id)
    marketing.turn()

    assert (waiting, states(marketing, campaign_id)) == ({7: "requested"}, {7: "accepted"})
    assert len(marketing.post.received) == 1


def test_a_request_that_waited_longer_than_two_days_bounces_instead(marketing: Any, customer: Any, hours: Any) -> None:
    marketing.hear(*customer(7))
    campaign_id = marketing.launched()
    marketing.turn_without_mail()

    marketing.now = NOON + hours(49)
    marketing.turn()

    assert states(marketing, campaign_id) == {7: "bounced"}
    assert marketing.post.received == []


def test_letters_go_through_the_mail_server_of_the_settings(marketing: Any, customer: Any) -> None:
    works = marketing.works
    marketing.hear(*customer(7))
    marketing.launched()
    marketing.turn_without_mail()

    (_, hand_over) = effects_of(works.settings, works.application, works.engine, works.clock)
    hand_over.then(*marketing.said(hand_over.whenever))

    (letter,) = marketing.post.received
    assert letter["From"] == works.settings.smtp_from == "marketing@localhost"


def test_a_launch_heard_again_requests_nothing_and_leaves_nobody_out_twice(marketing: Any, customer: Any) -> None:
    marketing.hear(*customer(7), *customer(8, consent=False))
    marketing.launched()
    marketing.turn()
    before = everything_said(marketing)

    marketing.react_again()

    assert everything_said(marketing) == before


def test_a_launch_heard_again_after_the_audience_changed_writes_to_the_new_customers_only(
    marketing: Any, customer: Any
) -> None:
    marketing.hear(*customer(7), FILED)
    campaign_id = marketing.launched()
    marketing.turn()
    marketing.hear(RESOLVED, *customer(8))

    marketing.react_again()

    assert states(marketing, campaign_id) == {7: "open_complaint", 8: "accepted"}


def test_an_audience_larger_than_a_page_is_written_to_page_by_page(
    marketing: Any, customer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ask, "BATCH", 3)
    marketing.hear(*(event for number in range(1, 9) for event in customer(number, consent=number % 4 != 0)))
    campaign_id = marketing.launched()

    marketing.turn()

    expected = {number: "accepted" if number % 4 else "no_consent" for number in range(1, 9)}
    assert states(marketing, campaign_id) == expected
    assert len(marketing.post.received) == 6


def listed(number: int, listing: ImportanceListing) -> ImportanceListed:
    return ImportanceListed(
        customer_id=UUID(int=number), listing=listing, before=ImportanceListing.GENERAL, reason="key customer"
    )


def everything_said(marketing: Any) -> list[UUID]:
    return [event.id for event in marketing.said(object)]

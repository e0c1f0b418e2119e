"""Public events of a message, each as it goes on the wire."""

from uuid import UUID

from crm_marketing.messages.message import Message
from crm_marketing.vocabulary import Exclusion, LeftOutReason
from services.marketing.tests.events import published

CAMPAIGN = '"campaign_id":"1239ab91-751e-5bac-aeb9-f5bc31fa9065"'
CUSTOMER = '"customer_id":"00000000-0000-0000-0000-000000000007"'
OF_CAMPAIGN = f'{CAMPAIGN},"campaign_code":"CM-2026-048"'
COMPLAINT = UUID(int=2)


def test_a_message_is_told_from_its_request_to_its_answer(a_message_handed_over: Message) -> None:
    a_message_handed_over.mark_outcome_unknown("the connection broke")
    a_message_handed_over.accept("250 queued as 4Rk2")
    a_message_handed_over.answer("有现货吗？")

    about = f'{{{CUSTOMER},"message_id":"{a_message_handed_over.id}",{OF_CAMPAIGN}'
    assert published(a_message_handed_over) == {
        "Considered": f'crm.marketing.MessageRequested.v1 {about},"channel":"email"}}',
        "HandedOver": f'crm.marketing.MessageHandedOver.v1 {about},"send_id":"{a_message_handed_over.id}"}}',
        "LostSightOf": f'crm.marketing.MessageOutcomeUnknown.v1 {about},"reason":"the connection broke"}}',
        "Accepted": f'crm.marketing.MessageAccepted.v1 {about},"provider_reference":"250 queued as 4Rk2"}}',
        "Answered": f'crm.marketing.MessageAnswered.v1 {about},"answer":"有现货吗？"}}',
    }


def test_a_bounce_is_told_with_its_reason(a_message_handed_over: Message) -> None:
    a_message_handed_over.bounce("550 mailbox unknown")

    assert published(a_message_handed_over)["Bounced"].endswith('"reason":"550 mailbox unknown"}')


def test_a_customer_left_out_at_once_is_told_with_the_open_complaint(a_message_left_out: Message) -> None:
    assert published(a_message_left_out) == {
        "Considered": f'crm.marketing.CustomerLeftOut.v1 {{{CUSTOMER},{OF_CAMPAIGN},"reason":"open_complaint",'
        f'"case_id":"{COMPLAINT}"}}'
    }


def test_a_customer_left_out_at_hand_over_is_told_alike(a_requested_message: Message) -> None:
    a_requested_message.leave_out(Exclusion(LeftOutReason.NO_CONSENT), rule="sending 2026-1")

    assert published(a_requested_message)["LeftOut"] == (
        f'crm.marketing.CustomerLeftOut.v1 {{{CUSTOMER},{OF_CAMPAIGN},"reason":"no_consent","case_id":null}}'
    )

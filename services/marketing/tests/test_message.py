"""What becomes of a message, and what it refuses."""

from collections.abc import Callable
from uuid import UUID

import pytest

from crm_marketing.domain import message
from crm_marketing.domain.audience import Language
from crm_marketing.domain.judgement import Exclusion, LeftOutReason
from crm_marketing.domain.message import Message, MessageState

NO_CONSENT = Exclusion(LeftOutReason.NO_CONSENT)
STEPS: dict[str, Callable[[Message], None]] = {
    "leave out": lambda it: it.leave_out(NO_CONSENT, rule="sending 2026-1"),
    "hand over": lambda it: it.hand_over(language=Language.ZH, rule="sending 2026-1"),
    "accept": lambda it: it.accept("250 OK"),
    "bounce": lambda it: it.bounce("550 mailbox unknown"),
    "lose sight": lambda it: it.lose_sight("the connection broke"),
    "answer": lambda it: it.answer("有现货吗？"),
}
AFTER = {
    "leave out": MessageState.LEFT_OUT,
    "hand over": MessageState.HANDED_OVER,
    "accept": MessageState.ACCEPTED,
    "bounce": MessageState.BOUNCED,
    "lose sight": MessageState.UNKNOWN,
    "answer": MessageState.ANSWERED,
}
ROADS: dict[MessageState, tuple[str, ...]] = {
    MessageState.REQUESTED: (),
    MessageState.LEFT_OUT: ("leave out",),
    MessageState.HANDED_OVER: ("hand over",),
    MessageState.ACCEPTED: ("hand over", "accept"),
    MessageState.BOUNCED: ("hand over", "bounce"),
    MessageState.UNKNOWN: ("hand over", "lose sight"),
    MessageState.ANSWERED: ("hand over", "accept", "answer"),
}
LEFT_OUT, HANDED_OVER = message.CustomerAlreadyLeftOut, message.MessageAlreadyHandedOver
NOT_YET, KNOWN, BOUNCED = message.MessageNotHandedOver, message.OutcomeAlreadyKnown, message.MessageBouncedBefore
REFUSALS = {
    MessageState.REQUESTED: {"accept": NOT_YET, "lose sight": NOT_YET, "answer": NOT_YET},
    MessageState.LEFT_OUT: {
        "leave out": LEFT_OUT,
        "hand over": LEFT_OUT,
        "accept": NOT_YET,
        "bounce": LEFT_OUT,
        "lose sight": NOT_YET,
        "answer": NOT_YET,
    },
    MessageState.HANDED_OVER: {"leave out": HANDED_OVER, "hand over": HANDED_OVER},
    MessageState.ACCEPTED: {"leave out": HANDED_OVER, "hand over": HANDED_OVER, "accept": KNOWN, "lose sight": KNOWN},
    MessageState.BOUNCED: {
        "leave out": HANDED_OVER,
        "hand over": HANDED_OVER,
        "accept": KNOWN,
        "bounce": KNOWN,
        "lose sight": KNOWN,
        "answer": BOUNCED,
    },
    MessageState.UNKNOWN: {"leave out": HANDED_OVER, "hand over": HANDED_OVER, "lose sight": KNOWN},
    MessageState.ANSWERED: {
        "leave out": HANDED_OVER,
        "hand over": HANDED_OVER,
        "accept": KNOWN,
        "bounce": KNOWN,
        "lose sight": KNOWN,
    },
}


def walk(live: Message, state: MessageState) -> Message:
    for step in ROADS[state]:
        STEPS[step](live)
    assert live.state is state
    return live


def test_a_message_is_the_only_one_of_its_campaign_to_its_customer(a_requested_message: Message) -> None:
    same = message.message_id(a_requested_message.campaign_id, UUID(int=7))
    other = message.message_id(a_requested_message.campaign_id, UUID(int=8))

    assert a_requested_message.id == same != other


def test_a_message_is_part_of_the_customers_history(a_requested_message: Message) -> None:
    assert a_requested_message.partition_key == UUID(int=7)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("state", MessageState)
def test_a_message_goes_where_it_may_and_nowhere_else(
    a_requested_message: Message, state: MessageState, step: str
) -> None:
    live = walk(a_requested_message, state)
    refusal = REFUSALS[state].get(step)
    before = len(live.pending_events)

    if refusal:
        with pytest.raises(refusal) as refused:
            STEPS[step](live)
        assert (refused.value.field, refused.value.value) == ("message_id", live.id)
    else:
        STEPS[step](live)

    assert live.state is (state if refusal else AFTER[step])
    assert len(live.pending_events) == before + (0 if refusal else 1)


def test_the_hand_over_names_the_send_id_and_the_rule(a_message_handed_over: Message) -> None:
    fact = a_message_handed_over.pending_events[-1]

    assert (fact.send_id, fact.rule, fact.language) == (a_message_handed_over.id, "sending 2026-1", Language.ZH)


@pytest.mark.parametrize("state", MessageState)
def test_a_replayed_message_equals_the_live_one(a_requested_message: Message, state: MessageState) -> None:
    live = walk(a_requested_message, state)

    replayed = None
    for fact in live.collect_events():
        replayed = fact.mutate(replayed)

    assert replayed == live

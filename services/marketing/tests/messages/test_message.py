"""A message: the steps it takes, and those it rejects."""

from collections.abc import Callable
from uuid import UUID

import pytest

from crm_kernel import Language
from crm_marketing.messages import errors, message
from crm_marketing.messages.message import Message
from crm_marketing.vocabulary import Exclusion, LeftOutReason, MessageState

NO_CONSENT = Exclusion(LeftOutReason.NO_CONSENT)
STEPS: dict[str, Callable[[Message], None]] = {
    "leave out": lambda it: it.leave_out(NO_CONSENT, rule="sending 2026-1"),
    "hand over": lambda it: it.hand_over(language=Language.ZH, rule="sending 2026-1"),
    "accept": lambda it: it.accept("250 OK"),
    "bounce": lambda it: it.bounce("550 mailbox unknown"),
    "mark unknown": lambda it: it.mark_outcome_unknown("the connection broke"),
    "answer": lambda it: it.answer("有现货吗？"),
}
AFTER = {
    "leave out": MessageState.LEFT_OUT,
    "hand over": MessageState.HANDED_OVER,
    "accept": MessageState.ACCEPTED,
    "bounce": MessageState.BOUNCED,
    "mark unknown": MessageState.UNKNOWN,
    "answer": MessageState.ANSWERED,
}
ROADS: dict[MessageState, tuple[str, ...]] = {
    MessageState.REQUESTED: (),
    MessageState.LEFT_OUT: ("leave out",),
    MessageState.HANDED_OVER: ("hand over",),
    MessageState.ACCEPTED: ("hand over", "accept"),
    MessageState.BOUNCED: ("hand over", "bounce"),
    MessageState.UNKNOWN: ("hand over", "mark unknown"),
    MessageState.ANSWERED: ("hand over", "accept", "answer"),
}
LEFT_OUT, HANDED_OVER = errors.CustomerAlreadyLeftOut, errors.MessageAlreadyHandedOver
NOT_YET, KNOWN, BOUNCED = errors.MessageNotHandedOver, errors.OutcomeAlreadyKnown, errors.MessageBouncedBefore
REFUSALS = {
    MessageState.REQUESTED: {"accept": NOT_YET, "mark unknown": NOT_YET, "answer": NOT_YET},
    MessageState.LEFT_OUT: {
        "leave out": LEFT_OUT,
        "hand over": LEFT_OUT,
        "accept": NOT_YET,
        "bounce": LEFT_OUT,
        "mark unknown": NOT_YET,
        "answer": NOT_YET,
    },
    MessageState.HANDED_OVER: {"leave out": HANDED_OVER, "hand over": HANDED_OVER},
    MessageState.ACCEPTED: {
        "leave out": HANDED_OVER,
        "hand over": HANDED_OVER,
        "accept": KNOWN,
        "mark unknown": KNOWN,
    },
    MessageState.BOUNCED: {
        "leave out": HANDED_OVER,
        "hand over": HANDED_OVER,
        "accept": KNOWN,
        "bounce": KNOWN,
        "mark unknown": KNOWN,
        "answer": BOUNCED,
    },
    MessageState.UNKNOWN: {"leave out": HANDED_OVER, "hand over": HANDED_OVER, "mark unknown": KNOWN},
    MessageState.ANSWERED: {
        "leave out": HANDED_OVER,
        "hand over": HANDED_OVER,
        "accept": KNOWN,
        "bounce": KNOWN,
        "mark unknown": KNOWN,
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


def test_a_message_begins_requested_or_left_out(a_requested_message: Message, a_message_left_out: Message) -> None:
    assert (a_requested_message.state, a_message_left_out.state) == (MessageState.REQUESTED, MessageState.LEFT_OUT)


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

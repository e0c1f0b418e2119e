"""Public events of a message's facts."""

from typing import TypedDict
from uuid import UUID

from crm_eventlog.aggregate import Aggregate
from crm_events.event import PublicEvent
from crm_events.marketing import (
    CustomerLeftOut,
    MessageAccepted,
    MessageAnswered,
    MessageBounced,
    MessageHandedOver,
    MessageOutcomeUnknown,
    MessageRequested,
)
from crm_marketing.messages.message import Message
from crm_marketing.vocabulary import Exclusion

MessageFact = (
    Message.Considered
    | Message.LeftOut
    | Message.HandedOver
    | Message.Accepted
    | Message.Bounced
    | Message.LostSightOf
    | Message.Answered
)


class _OfCampaign(TypedDict):
    customer_id: UUID
    campaign_id: UUID
    campaign_code: str


class _OfMessage(_OfCampaign):
    message_id: UUID


def publish(fact: Aggregate.Event, partition_key: UUID) -> PublicEvent | None:
    """Return the public event of a fact; the partition key of a message is its customer."""
    match fact:
        case Message.Considered(exclusion=None):
            return MessageRequested(**_of_message(fact, partition_key), channel=fact.channel)
        case Message.Considered(exclusion=Exclusion() as exclusion) | Message.LeftOut(exclusion=exclusion):
            left_out = _of_campaign(fact, partition_key)
            return CustomerLeftOut(**left_out, reason=exclusion.reason, case_id=exclusion.case_id)
        case Message.HandedOver():
            return MessageHandedOver(**_of_message(fact, partition_key), send_id=fact.send_id)
        case Message.Accepted():
            return MessageAccepted(**_of_message(fact, partition_key), provider_reference=fact.provider_reference)
        case Message.Bounced():
            return MessageBounced(**_of_message(fact, partition_key), reason=fact.reason)
        case Message.LostSightOf():
            return MessageOutcomeUnknown(**_of_message(fact, partition_key), reason=fact.reason)
        case Message.Answered():
            return MessageAnswered(**_of_message(fact, partition_key), answer=fact.answer)
        case _:
            return None


def _of_campaign(fact: MessageFact, customer_id: UUID) -> _OfCampaign:
    return {"customer_id": customer_id, "campaign_id": fact.campaign_id, "campaign_code": fact.campaign_code}


def _of_message(fact: MessageFact, customer_id: UUID) -> _OfMessage:
    return {**_of_campaign(fact, customer_id), "message_id": fact.originator_id}

"""Messages of campaigns, and the customers who were left out."""

from typing import Annotated
from uuid import UUID

from crm_events.event import CustomerEvent
from crm_events.examples import example_id
from crm_events.kinds import EntryKind
from crm_events.marketing.vocabulary import MESSAGES, LeftOutReason
from crm_events.sentences import it, the_customer
from crm_events.values import Code, ConsentChannel, Personal
from crm_kernel import LocalizedText


class CampaignMessageEvent(CustomerEvent):
    """A public event about the one message of a campaign to a customer."""

    message_id: UUID
    campaign_id: UUID
    campaign_code: Annotated[str, Code()]


class MessageRequested(CampaignMessageEvent):
    """A message to a customer was decided; nothing has been sent yet."""

    KIND = EntryKind.MESSAGE
    EXAMPLE = {"campaign_code": "CM-2026-048", "channel": "email"}
    SENTENCE = it(
        "{letter} of the campaign {campaign_code:campaign} was decided for the customer",
        "决定就营销活动{campaign_code:campaign}向客户发送{letter}",
    )

    channel: ConsentChannel

    @property
    def letter(self) -> LocalizedText:
        """Return what a message over this channel is called."""
        return MESSAGES[self.channel]


class MessageHandedOver(CampaignMessageEvent):
    """A message is being given to the provider under this send id, at most once."""

    KIND = EntryKind.MESSAGE
    EXAMPLE = {"campaign_code": "CM-2026-048"}
    SENTENCE = it(
        "the message of the campaign {campaign_code:campaign} to the customer is being given to the provider",
        "营销活动{campaign_code:campaign}发给客户的消息正在交给服务商发送",
    )

    send_id: UUID


class MessageAccepted(CampaignMessageEvent):
    """The provider took the message, under its own reference where it gave one."""

    KIND = EntryKind.MESSAGE
    EXAMPLE = {"campaign_code": "CM-2026-048", "provider_reference": "250 2.0.0 queued as 4Rk2"}
    SENTENCE = it(
        "the message of the campaign {campaign_code:campaign} to the customer was taken by the provider",
        "营销活动{campaign_code:campaign}发给客户的消息已被服务商接收",
    )

    provider_reference: Annotated[str | None, Personal("contact")] = None


class MessageBounced(CampaignMessageEvent):
    """The message could not be delivered, for the reason the provider gave."""

    KIND = EntryKind.MESSAGE
    EXAMPLE = {"campaign_code": "CM-2026-048", "reason": "550 5.1.1 mailbox unknown"}
    SENTENCE = it(
        "the message of the campaign {campaign_code:campaign} to the customer could not be delivered: {reason}",
        "营销活动{campaign_code:campaign}发给客户的消息无法送达：{reason}",
    )

    reason: Annotated[str, Personal("note")]


class MessageOutcomeUnknown(CampaignMessageEvent):
    """Nobody knows whether the provider took the message; it is not sent again blindly."""

    KIND = EntryKind.MESSAGE
    EXAMPLE = {"campaign_code": "CM-2026-048", "reason": "the connection broke after DATA"}
    SENTENCE = it(
        "the message of the campaign {campaign_code:campaign} to the customer may or may not have gone out: {reason}",
        "营销活动{campaign_code:campaign}发给客户的消息发送结果不明：{reason}",
    )

    reason: Annotated[str, Personal("note")]


class MessageAnswered(CampaignMessageEvent):
    """The customer answered the message."""

    KIND = EntryKind.MESSAGE
    EXAMPLE = {"campaign_code": "CM-2026-048", "answer": "请问天河店有现货吗？"}
    SENTENCE = the_customer(
        "answered the message of the campaign {campaign_code:campaign}: {answer}",
        "回复了营销活动{campaign_code:campaign}的消息：{answer}",
    )

    answer: Annotated[str, Personal("note")]


class CustomerLeftOut(CustomerEvent):
    """A customer of the audience was not written to; `case_id` names the open complaint where that is the reason."""

    KIND = EntryKind.MESSAGE
    EXAMPLE = {"campaign_code": "CM-2026-048", "reason": "open_complaint", "case_id": example_id("case_id")}
    SENTENCE = it(
        "the customer was left out of the campaign {campaign_code:campaign}, because {reason}",
        "营销活动{campaign_code:campaign}未联系该客户，原因：{reason}",
    )

    campaign_id: UUID
    campaign_code: Annotated[str, Code()]
    reason: LeftOutReason
    case_id: UUID | None = None

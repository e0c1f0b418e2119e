"""Errors of a message: what its state does not allow."""

from crm_eventlog.aggregate import DomainError, LocalizedText


class MessageAlreadyRequested(DomainError):
    """A campaign writes to a customer once."""

    message = LocalizedText("The campaign has already decided about this customer.", "该活动已对此客户作出决定。")
    hint = LocalizedText(
        "Look at the customer's messages. Write again with another campaign.",
        "请查看该客户的消息，如需再次联系请使用其他活动。",
    )


class CustomerAlreadyLeftOut(DomainError):
    """A customer who was left out of a campaign is not written to by it."""

    message = LocalizedText("The customer was left out of this campaign.", "该客户已被排除在此活动之外。")
    hint = LocalizedText("Write to the customer with another campaign.", "请使用其他活动联系该客户。")


class MessageAlreadyHandedOver(DomainError):
    """A message is handed over at most once."""

    message = LocalizedText("The message was already handed over.", "该消息已交付发送。")
    hint = LocalizedText(
        "Wait for its outcome. A message is never sent twice.", "请等待发送结果，同一消息不会重复发送。"
    )


class MessageNotHandedOver(DomainError):
    """A message that was not handed over has no outcome and no answer."""

    message = LocalizedText("The message was not handed over.", "该消息尚未交付发送。")
    hint = LocalizedText("Check the message and its campaign.", "请检查该消息及其活动。")


class OutcomeAlreadyKnown(DomainError):
    """An outcome stands, but an unknown one can be cleared up and an accepted message can still bounce."""

    message = LocalizedText("The outcome of the message is already known.", "该消息的发送结果已记录。")
    hint = LocalizedText("Look at the message. Its outcome no longer changes.", "请查看该消息，其结果不再变更。")


class MessageBouncedBefore(DomainError):
    """A message that did not arrive is not answered."""

    message = LocalizedText("The message could not be delivered.", "该消息未能送达。")
    hint = LocalizedText("Record what the customer said as a touch.", "请将客户所说记录为一次接触。")

"""Errors about membership: a customer who is a member already, or not at all."""

from crm_kernel import DomainError, LocalizedText, NotFound


class CustomerAlreadyEnrolled(DomainError):
    """A customer has one membership."""

    message = LocalizedText("The customer is already a member.", "该客户已是会员。")
    hint = LocalizedText("Issue a card, or read the existing membership.", "请直接发卡，或查看现有会员资料。")


class CustomerNotEnrolled(NotFound):
    """Cards and points belong to members only."""

    message = LocalizedText("The customer is not a member.", "该客户不是会员。")
    hint = LocalizedText("Enrol the customer first.", "请先为客户办理入会。")

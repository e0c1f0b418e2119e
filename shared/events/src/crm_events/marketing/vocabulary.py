"""Lists of codes that marketing speaks of."""

from collections.abc import Mapping

from crm_kernel import ConsentChannel, Labelled, LocalizedText


class LeftOutReason(Labelled):
    """Why a customer of the audience was not written to."""

    OPEN_COMPLAINT = "open_complaint", "a complaint of theirs is open", "有未解决的投诉"
    NO_CONSENT = "no_consent", "they have not consented to it", "客户未同意接收"
    BLACK_LISTED = "black_listed", "they are on the black list", "客户在黑名单上"
    NO_ADDRESS = "no_address", "there is no address to write to", "没有可用的联系地址"


MESSAGES: Mapping[ConsentChannel, LocalizedText] = {
    ConsentChannel.EMAIL: LocalizedText("an e-mail", "电子邮件"),
    ConsentChannel.SMS: LocalizedText("a text message", "短信"),
    ConsentChannel.PHONE: LocalizedText("a telephone call", "电话"),
    ConsentChannel.POST: LocalizedText("a letter", "信函"),
}

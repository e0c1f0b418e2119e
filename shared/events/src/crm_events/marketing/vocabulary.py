"""Lists of codes that marketing speaks of."""

from crm_kernel import Labelled


class LeftOutReason(Labelled):
    """Why a customer of the audience was not written to."""

    OPEN_COMPLAINT = "open_complaint", "a complaint of theirs is open", "有未解决的投诉"
    NO_CONSENT = "no_consent", "they have not consented to it", "客户未同意接收"
    BLACK_LISTED = "black_listed", "they are on the black list", "客户在黑名单上"
    NO_ADDRESS = "no_address", "there is no address to write to", "没有可用的联系地址"

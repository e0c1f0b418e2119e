"""Lists of codes that sales speaks of."""

from collections.abc import Mapping

from crm_kernel import Labelled, LocalizedText


class PaymentMeans(Labelled):
    """A means by which a customer paid."""

    CASH = "cash", "in cash", "现金"
    CARD = "card", "by card", "银行卡"
    TRANSFER = "transfer", "by bank transfer", "银行转账"
    MOBILE = "mobile", "by mobile payment", "移动支付"
    STORED_VALUE = "stored_value", "with stored value", "储值"


STAGES: Mapping[str, LocalizedText] = {
    "interest": LocalizedText("Interest", "产生兴趣"),
    "need": LocalizedText("Need confirmed", "需求确认"),
    "offer": LocalizedText("Offer made", "方案报价"),
    "negotiation": LocalizedText("Negotiation", "商务谈判"),
    "agreement": LocalizedText("Agreed in words", "口头成交"),
}

LEAD_SOURCES: Mapping[str, LocalizedText] = {
    "web": LocalizedText("the website", "网站"),
    "hotline": LocalizedText("the hotline", "热线"),
    "store": LocalizedText("a store", "门店"),
    "mail": LocalizedText("mail", "邮件"),
    "campaign": LocalizedText("a campaign", "营销活动"),
    "referral": LocalizedText("a referral", "他人推荐"),
    "fair": LocalizedText("a fair", "展会"),
}

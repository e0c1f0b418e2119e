"""Lists of codes that sales speaks of."""

from crm_kernel import Labelled


class PaymentMeans(Labelled):
    """What a customer paid with."""

    CASH = "cash", "in cash", "现金"
    CARD = "card", "by card", "银行卡"
    TRANSFER = "transfer", "by bank transfer", "银行转账"
    MOBILE = "mobile", "by mobile payment", "移动支付"
    STORED_VALUE = "stored_value", "with stored value", "储值"

"""Lists of codes that sales speaks of."""

from enum import StrEnum


class PaymentMeans(StrEnum):
    """What a customer paid with."""

    CASH = "cash"
    CARD = "card"
    TRANSFER = "transfer"
    MOBILE = "mobile"
    STORED_VALUE = "stored_value"

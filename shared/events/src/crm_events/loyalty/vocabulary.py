"""Lists of codes that loyalty speaks of."""

from enum import StrEnum


class EarningReason(StrEnum):
    """What points were given for."""

    PURCHASE = "purchase"
    GOODWILL = "goodwill"
    CORRECTION = "correction"

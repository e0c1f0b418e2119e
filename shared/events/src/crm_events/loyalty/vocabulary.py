"""Lists of codes that loyalty speaks of."""

from crm_kernel import Labelled


class EarningReason(Labelled):
    """What points were given for."""

    PURCHASE = "purchase", "for a purchase", "消费"
    GOODWILL = "goodwill", "as goodwill", "致歉补偿"
    CORRECTION = "correction", "as a correction", "更正"

"""Lists of codes that loyalty speaks of."""

from collections.abc import Mapping

from crm_kernel import Labelled, LocalizedText


class EarningReason(Labelled):
    """A reason for which points were given."""

    PURCHASE = "purchase", "for a purchase", "消费"
    GOODWILL = "goodwill", "as goodwill", "致歉补偿"
    CORRECTION = "correction", "as a correction", "更正"


LEVELS: Mapping[str, LocalizedText] = {
    "ordinary": LocalizedText("Ordinary", "普通会员"),
    "silver": LocalizedText("Silver", "银卡会员"),
    "gold": LocalizedText("Gold", "金卡会员"),
}

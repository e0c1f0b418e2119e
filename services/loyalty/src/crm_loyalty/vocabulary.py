"""Vocabulary that several slices of loyalty use."""

from crm_events.loyalty import EarningReason
from crm_kernel import Labelled

__all__ = ["EarningReason", "Level"]


class Level(Labelled):
    """A member's level in the programme."""

    ORDINARY = "ordinary", "ordinary member", "普通会员"
    SILVER = "silver", "silver member", "银卡会员"
    GOLD = "gold", "gold member", "金卡会员"

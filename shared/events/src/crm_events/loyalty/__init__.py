"""Events of loyalty: members, their cards, and every point earned, taken back, redeemed or expired."""

from crm_events.loyalty.cards import CardIssued
from crm_events.loyalty.members import MemberEnrolled, MemberEvent
from crm_events.loyalty.points import LotShare, PointsEarned, PointsExpired, PointsRedeemed, PointsTakenBack
from crm_events.loyalty.vocabulary import EarningReason

__all__ = [
    "CardIssued",
    "EarningReason",
    "LotShare",
    "MemberEnrolled",
    "MemberEvent",
    "PointsEarned",
    "PointsExpired",
    "PointsRedeemed",
    "PointsTakenBack",
]

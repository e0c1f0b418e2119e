"""Rules of visits, as data with a version: the days on which they fall due."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta, tzinfo
from types import MappingProxyType

from crm_kernel import CHINA
from crm_support.vocabulary import VisitRule


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitPlan:
    """The time from an order to each of its visits, and the zone in which days begin and end."""

    version: str
    after: Mapping[VisitRule, timedelta]
    zone: tzinfo


VISIT_PLAN = VisitPlan(
    version="visits 2026-1",
    after=MappingProxyType({VisitRule.THREE_DAYS: timedelta(days=3), VisitRule.THIRTY_DAYS: timedelta(days=30)}),
    zone=CHINA,
)

"""Rules of cases, as data with a version: the desk a case goes to, and the time after which it is escalated."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

from crm_kernel import Channel
from crm_support.vocabulary import CaseKind, Severity

BY_HAND = "by hand"


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentLine:
    """The desk for cases of this kind from this channel; None fits every kind or channel."""

    kind: CaseKind | None = None
    channel: Channel | None = None
    desk: str
    assignee: str | None = None

    def fits(self, kind: CaseKind, channel: Channel) -> bool:
        return self.kind in (None, kind) and self.channel in (None, channel)


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentRule:
    """The lines in their order: the first that fits assigns, and `otherwise` takes the rest."""

    version: str
    lines: tuple[AssignmentLine, ...]
    otherwise: AssignmentLine

    def line_for(self, kind: CaseKind, channel: Channel) -> AssignmentLine:
        return next((line for line in self.lines if line.fits(kind, channel)), self.otherwise)


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationRule:
    """The time a complaint may stay open before it goes to `to`; a reopened one counts anew, from its reopening.

    The hours are plain hours until there are business calendars.
    """

    version: str
    to: str
    within: Mapping[Severity, timedelta]
    within_after_reopening: timedelta
    reason: str


ASSIGNMENT = AssignmentRule(
    version="assignment 2026-1",
    lines=(
        AssignmentLine(kind=CaseKind.COMPLAINT, desk="complaints"),
        AssignmentLine(kind=CaseKind.CRITICISM, desk="complaints"),
        AssignmentLine(kind=CaseKind.SUGGESTION, desk="product"),
        AssignmentLine(kind=CaseKind.NEED, desk="product"),
        AssignmentLine(kind=CaseKind.PRAISE, desk="care"),
        AssignmentLine(channel=Channel.WEB, desk="online"),
        AssignmentLine(channel=Channel.MAIL, desk="online"),
        AssignmentLine(channel=Channel.CALL_CENTRE, desk="hotline"),
        AssignmentLine(channel=Channel.STORE, desk="store"),
    ),
    otherwise=AssignmentLine(desk="service"),
)
ESCALATION = EscalationRule(
    version="escalation 2026-1",
    to="service-supervisor",
    within=MappingProxyType(
        {
            Severity.CRITICAL: timedelta(hours=4),
            Severity.HIGH: timedelta(days=1),
            Severity.NORMAL: timedelta(days=2),
            Severity.LOW: timedelta(days=5),
        }
    ),
    within_after_reopening=timedelta(days=1),
    reason="Not settled in time. 未在时限内处理。",
)

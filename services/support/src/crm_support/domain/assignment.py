"""Which desk a case goes to: data with a version, so that an old assignment can always be explained."""

from dataclasses import dataclass

from crm_support.domain.case import CaseKind
from crm_support.domain.channel import Channel

BY_HAND = "by hand"


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentLine:
    """Cases of this kind from this channel go to this desk; None fits every kind or channel."""

    kind: CaseKind | None = None
    channel: Channel | None = None
    desk: str
    assignee: str | None = None

    def fits(self, kind: CaseKind, channel: Channel) -> bool:
        return self.kind in (None, kind) and self.channel in (None, channel)


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentRule:
    """The lines in their order; the first that fits assigns, and `otherwise` takes what is left."""

    version: str
    lines: tuple[AssignmentLine, ...]
    otherwise: AssignmentLine

    def line_for(self, kind: CaseKind, channel: Channel) -> AssignmentLine:
        return next((line for line in self.lines if line.fits(kind, channel)), self.otherwise)


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

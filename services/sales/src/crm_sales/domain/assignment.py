"""Who follows a lead: data with a version, so that an old assignment can always be explained."""

from dataclasses import dataclass
from uuid import UUID

BY_HAND = "by_hand"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadSigns:
    """What is known of a lead in the moment it is captured."""

    source: str
    keyword: str | None = None
    city: str | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentLine:
    """Leads with these signs go to these salespeople; None fits every lead, a keyword fits where it is contained."""

    name: str
    salespeople: tuple[str, ...]
    source: str | None = None
    keyword: str | None = None
    city: str | None = None
    unit: str | None = None

    def fits(self, signs: LeadSigns) -> bool:
        return (
            _same(self.source, signs.source)
            and _contained(self.keyword, signs.keyword)
            and _same(self.city, signs.city)
            and _same(self.unit, signs.unit)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentRule:
    """The lines in their order; the first that fits assigns, and `otherwise` takes what is left."""

    version: str
    lines: tuple[AssignmentLine, ...]
    otherwise: AssignmentLine

    def line_for(self, signs: LeadSigns) -> AssignmentLine:
        return next((line for line in self.lines if line.fits(signs)), self.otherwise)

    def salesperson_for(self, lead_id: UUID, signs: LeadSigns) -> tuple[str, str]:
        """The salesperson, and the line and version that chose them, as `by_city/2026-1`.

        Salespeople of one line take turns by the lead's id, so that a repeated command, on whatever machine, chooses
        the same one.
        """
        line = self.line_for(signs)
        return line.salespeople[lead_id.int % len(line.salespeople)], f"{line.name}/{self.version}"


def _same(wanted: str | None, given: str | None) -> bool:
    return wanted is None or wanted.casefold() == (given or "").casefold()


def _contained(wanted: str | None, given: str | None) -> bool:
    return wanted is None or wanted.casefold() in (given or "").casefold()


ASSIGNMENT = AssignmentRule(
    version="2026-1",
    lines=(
        AssignmentLine(name="by_keyword", keyword="企业", salespeople=("zhao.lei",)),
        AssignmentLine(name="by_keyword", keyword="enterprise", salespeople=("zhao.lei",)),
        AssignmentLine(name="by_unit", unit="GZ-TIANHE", salespeople=("li.na", "lin.mei")),
        AssignmentLine(name="by_city", city="guangzhou", salespeople=("li.na", "lin.mei", "he.qiang")),
        AssignmentLine(name="by_city", city="广州", salespeople=("li.na", "lin.mei", "he.qiang")),
        AssignmentLine(name="by_source", source="web", salespeople=("zhou.lan", "xu.wei")),
        AssignmentLine(name="by_source", source="hotline", salespeople=("gao.ning",)),
    ),
    otherwise=AssignmentLine(name="in_turn", salespeople=("zhou.lan", "xu.wei", "gao.ning")),
)

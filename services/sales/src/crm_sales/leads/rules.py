"""The assignment of leads: data with a version, so that an old assignment can always be explained."""

from dataclasses import dataclass
from uuid import UUID

BY_HAND = "by_hand"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadAttributes:
    """Attributes of a lead that are known when it is captured."""

    source: str
    keyword: str | None = None
    city: str | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentLine:
    """Leads with these attributes go to these salespeople; None fits all, a keyword fits where it is contained."""

    name: str
    salespeople: tuple[str, ...]
    source: str | None = None
    keyword: str | None = None
    city: str | None = None
    unit: str | None = None

    def fits(self, attributes: LeadAttributes) -> bool:
        return (
            _same(self.source, attributes.source)
            and _contained(self.keyword, attributes.keyword)
            and _same(self.city, attributes.city)
            and _same(self.unit, attributes.unit)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentRule:
    """The lines in their order; the first that fits assigns, and `otherwise` takes what is left."""

    version: str
    lines: tuple[AssignmentLine, ...]
    otherwise: AssignmentLine

    def line_for(self, attributes: LeadAttributes) -> AssignmentLine:
        return next((line for line in self.lines if line.fits(attributes)), self.otherwise)

    def salesperson_for(self, lead_id: UUID, attributes: LeadAttributes) -> tuple[str, str]:
        """Return the salesperson, and the line and version that chose them, as `by_city/2026-1`.

        Salespeople of one line take turns by the lead's id, so that a repeated command, on whatever machine, chooses
        the same one.
        """
        line = self.line_for(attributes)
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

"""The stages of a sale: data with a version, so that an old move can always be explained."""

from dataclasses import dataclass

from crm_eventlog.aggregate import Refused, Text


class StageUnknown(Refused, ValueError):
    """An opportunity stands in one of the stages of the list in force."""

    rule = Text("The list of stages in force has no such stage.", "现行销售阶段列表中没有此阶段。")
    way_out = Text("Choose a stage that GET /funnel lists.", "请选择 GET /funnel 所列的阶段。")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One step on the way to a sale."""

    code: str
    name: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class StageList:
    """The stages in their order, the first one first."""

    version: str
    stages: tuple[Stage, ...]

    @property
    def first(self) -> str:
        return self.stages[0].code

    def refuse_unknown(self, stage: str) -> None:
        """Raise `StageUnknown` unless the stage is on the list."""
        if all(stage != known.code for known in self.stages):
            raise StageUnknown("stage", stage)


STAGES = StageList(
    version="2026-1",
    stages=(
        Stage(code="interest", name=Text("Interest", "产生兴趣")),
        Stage(code="need", name=Text("Need confirmed", "需求确认")),
        Stage(code="offer", name=Text("Offer made", "方案报价")),
        Stage(code="negotiation", name=Text("Negotiation", "商务谈判")),
        Stage(code="agreement", name=Text("Agreed in words", "口头成交")),
    ),
)

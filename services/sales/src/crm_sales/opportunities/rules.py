"""The stages of a sale: data with a version, so that an old move can always be explained."""

from dataclasses import dataclass

from crm_kernel import DomainError, LocalizedText


class StageUnknown(DomainError, ValueError):
    """An opportunity is in one of the stages of the list in force."""

    message = LocalizedText("This stage is not on the list of stages in force.", "现行销售阶段列表中没有此阶段。")
    hint = LocalizedText("Choose a stage that the funnel shows.", "请选择销售漏斗所列的阶段。")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One step on the way to a sale."""

    code: str
    name: LocalizedText


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
        Stage(code="interest", name=LocalizedText("Interest", "产生兴趣")),
        Stage(code="need", name=LocalizedText("Need confirmed", "需求确认")),
        Stage(code="offer", name=LocalizedText("Offer made", "方案报价")),
        Stage(code="negotiation", name=LocalizedText("Negotiation", "商务谈判")),
        Stage(code="agreement", name=LocalizedText("Agreed in words", "口头成交")),
    ),
)

"""The code of a campaign: one series numbers all campaigns."""

import re
from dataclasses import dataclass

from crm_eventlog.aggregate import DomainError, LocalizedText


class CodeOutsideTheSeries(DomainError, ValueError):
    """Every campaign is numbered in one uniform series."""

    message = LocalizedText(
        "A campaign code is CM-year-number with at least three digits, as in CM-2026-048.",
        "活动编码格式为 CM-年份-序号，序号至少三位，例如 CM-2026-048。",
    )
    hint = LocalizedText("Number the campaign in this series.", "请按此系列为活动编号。")


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeSeries:
    """A series of codes; its pattern writes one number in one way only, so that no campaign has two codes."""

    version: str
    pattern: str

    def refuse_outsiders(self, code: str) -> None:
        """Let only a code of this series pass."""
        if not re.fullmatch(self.pattern, code, re.ASCII):
            raise CodeOutsideTheSeries("code", code)


SERIES = CodeSeries(version="series 2026-1", pattern=r"CM-20\d\d-(\d{3}|[1-9]\d{3,4})")

"""A figure is a number beside another number of the same run."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, kw_only=True)
class Figure:
    """What was measured, against what, and what is asked of it, in its unit or as a ratio; None asks nothing."""

    name: str
    value: float
    unit: str
    against: str
    peer_value: float
    at_least: float | None = None
    ratio_at_least: float | None = None

    @property
    def ratio(self) -> float:
        """How many times the peer."""
        return self.value / self.peer_value if self.peer_value else float("inf")

    @property
    def falls_short(self) -> bool:
        """Whether less was seen than is asked."""
        short = self.at_least is not None and self.value < self.at_least
        return short or (self.ratio_at_least is not None and self.ratio < self.ratio_at_least)


def write(figures: Sequence[Figure], path: Path) -> None:
    """Keep the figures as a list, for programs."""
    rows = [
        {name: _rounded(value) for name, value in asdict(figure).items()} | {"ratio": round(figure.ratio, 2)}
        for figure in figures
    ]
    path.write_text(json.dumps(rows, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def show(figures: Sequence[Figure], console: Console) -> None:
    """The figures as people read them; what falls short is said to."""
    table = Table(title="figures")
    for heading in ("what", "measured", "against", "peer", "ratio", "asked", ""):
        table.add_column(heading, overflow="fold")
    for figure in figures:
        table.add_row(
            figure.name,
            f"{figure.value:,.0f} {figure.unit}",
            figure.against,
            f"{figure.peer_value:,.0f} {figure.unit}",
            f"{figure.ratio:.1f} x",
            _asked(figure),
            "[red]falls short[/]" if figure.falls_short else "[green]holds[/]",
        )
    console.print(table)


def _asked(figure: Figure) -> str:
    asked = []
    if figure.at_least is not None:
        asked.append(f">= {figure.at_least:,.0f} {figure.unit}")
    if figure.ratio_at_least is not None:
        asked.append(f">= {figure.ratio_at_least:g} x")
    return ", ".join(asked)


def _rounded(value: object) -> object:
    return round(value, 1) if isinstance(value, float) else value

"""A figure is a number beside another number of the same run."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A measured figure, its peer, and what is asked of it, in its unit or as a ratio; None asks nothing.

    Of a speed more is better (`at_least`), of a delay or of memory less is (`at_most`).
    """

    name: str
    value: float
    unit: str
    against: str
    peer_value: float
    at_least: float | None = None
    ratio_at_least: float | None = None
    at_most: float | None = None

    @property
    def ratio(self) -> float:
        """Return the figure as a multiple of its peer."""
        return self.value / self.peer_value if self.peer_value else float("inf")

    @property
    def falls_short(self) -> bool:
        """Tell if the figure is worse than is asked."""
        short = self.at_least is not None and self.value < self.at_least
        short = short or (self.at_most is not None and self.value > self.at_most)
        return short or (self.ratio_at_least is not None and self.ratio < self.ratio_at_least)


def write(figures: Sequence[Figure], path: Path) -> None:
    """Keep the figures as a list, for programs."""
    rows = [
        {name: _rounded(value) for name, value in asdict(figure).items()} | {"ratio": round(figure.ratio, 2)}
        for figure in figures
    ]
    path.write_text(json.dumps(rows, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def show(figures: Sequence[Figure], console: Console) -> None:
    """Show the figures as people read them, and report those that fall short."""
    table = Table(title="figures")
    for heading in ("what", "measured", "against", "peer", "ratio", "asked", ""):
        table.add_column(heading, overflow="fold")
    for figure in figures:
        table.add_row(
            figure.name,
            _shown(figure.value, figure.unit),
            figure.against,
            _shown(figure.peer_value, figure.unit),
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
    if figure.at_most is not None:
        asked.append(f"<= {figure.at_most:g} {figure.unit}")
    return ", ".join(asked)


def _shown(value: float, unit: str) -> str:
    return f"{value:,.{0 if value >= 100 else 1}f} {unit}"


def percentiles(values: Sequence[float]) -> dict[str, float]:
    """Return p50, p95 and p99 of the measurements."""
    ordered = sorted(values)
    return {f"p{share}": ordered[min(len(ordered) - 1, len(ordered) * share // 100)] for share in (50, 95, 99)}


def _rounded(value: object) -> object:
    return round(value, 1) if isinstance(value, float) else value

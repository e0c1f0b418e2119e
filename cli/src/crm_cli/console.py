"""Histories and digests as people read them in a terminal: in colour there, plain everywhere else."""

import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from rich import box
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from crm_cli.services import TOUCHPOINTS
from crm_cli.time_arguments import CHINA

_WIDTH_WITHOUT_TERMINAL = 160


def screen(*, as_json: bool = False) -> Console:
    """Return the console of a command; beside a JSON answer it is the error output, and only a terminal's."""
    stream = sys.stderr if as_json else sys.stdout
    terminal = stream.isatty()
    return Console(
        file=stream,
        quiet=as_json and not terminal,
        highlight=False,
        width=None if terminal else _WIDTH_WITHOUT_TERMINAL,
    )


def progress_on(console: Console, *, speed: str = "") -> Progress:
    """Return a bar with the work done, the work expected and the time left; it disappears at the end.

    `speed` is the unit of the speed, where that is worth a column.
    """
    columns = [TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()]
    columns += [_Speed(speed)] if speed else []
    columns.append(TimeRemainingColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


class _Speed(ProgressColumn):
    """A column with the work done in a second."""

    def __init__(self, unit: str) -> None:
        super().__init__()
        self._unit = unit

    def render(self, task: Task) -> Text:
        """Return the speed, or nothing before it is known."""
        return Text(f"{task.speed:,.0f} {self._unit}" if task.speed else "")


def print_addresses(addresses: Mapping[str, str], announce: Callable[[str], None]) -> None:
    """Tell where people find each service, and how to end all of them."""
    for service, url in addresses.items():
        announce(f"{service:10} {url}/docs")
    announce("running; Ctrl-C ends everything in order")


def table(console: Console, title: str, *headings: str) -> Table:
    """Return an empty table, with lines around it in a terminal only."""
    made = Table(title=title, title_justify="left", box=box.ROUNDED if console.is_terminal else box.SIMPLE_HEAD)
    for heading in headings[:-1]:
        made.add_column(heading, no_wrap=True)
    made.add_column(headings[-1], overflow="fold")
    return made


def history_table(console: Console, title: str, entries: Sequence[Mapping[str, Any]]) -> Table:
    """Return a customer's history, oldest first: when, where and by whom beside what happened."""
    shown = table(console, title, "when", "where", "by", "kind", "what")
    for entry in reversed(entries):
        when = datetime.fromisoformat(entry["occurred_at"]).astimezone(CHINA).strftime("%Y-%m-%d %H:%M")
        where = " ".join(filter(None, (entry["channel"], entry["unit"])))
        shown.add_row(when, where, entry["actor"], entry["kind"], entry["what"])
    return shown


def digest_table(console: Console, title: str, digests: Mapping[str, str]) -> Table:
    """Return the digest of each touchpoint's copy of the histories."""
    shown = table(console, title, "touchpoint", "service", "digest")
    for service, digest in digests.items():
        shown.add_row(TOUCHPOINTS.get(service, ""), service, digest)
    return shown

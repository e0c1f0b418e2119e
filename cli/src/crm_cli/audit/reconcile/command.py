"""The command `crm audit reconcile`."""

import asyncio
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import typer

from crm_cli.errors import ExitCode, report_errors
from crm_cli.options import HOME, AsJson, Folder

if TYPE_CHECKING:
    from crm_eventlog.audit import ReconciliationResult


def reconcile(as_json: AsJson = False, folder: Folder = HOME) -> None:
    """Compare every position of every store with its topic: whether the event is there, once, and byte for byte.

    What an interrupted relay sent again, the same byte for byte, is counted as doubled and is no fault; what it has not
    sent yet is counted as waiting.

    Exit code 0: they agree; 1: something is missing, different, out of order or too much, and is named; 4: nothing is
    there.
    """
    from crm_cli.audit.reconcile.run import reconcile_all
    from crm_cli.console import progress_on, screen
    from crm_cli.data_folder import DataFolder

    with report_errors(as_json=as_json):
        with progress_on(screen(as_json=as_json)) as progress:
            task = progress.add_task("records", total=None)

            def show(done: int, expected: int) -> None:
                progress.update(task, completed=done, total=expected)

            found = asyncio.run(reconcile_all(DataFolder(folder), show))
    agree = not any(each.wrong for partitions in found.values() for each in partitions)
    if as_json:
        services = {name: [_as_json(each) for each in partitions] for name, partitions in found.items()}
        typer.echo(json.dumps({"agree": agree, "services": services}, ensure_ascii=False))
    else:
        _print(found)
    raise typer.Exit(ExitCode.DONE if agree else ExitCode.FAILED)


def _as_json(each: "ReconciliationResult") -> dict[str, Any]:
    return {**asdict(each), "named": [named._asdict() for named in each.named]}


def _print(found: "dict[str, list[ReconciliationResult]]") -> None:
    from crm_cli.console import screen, table

    console = screen()
    columns = ("facts", "private", "records", "doubled", "waiting", "wrong")
    shown = table(console, "", "service", *columns)
    for name, partitions in found.items():
        shown.add_row(name, *(f"{sum(getattr(each, column) for each in partitions):,}" for column in columns))
    console.print(shown)
    for name, partitions in found.items():
        for each in partitions:
            for pos, offset, what in each.named:
                position = f"partition {each.part}" + (f", position {pos}" if pos is not None else "")
                where = "" if offset is None else f", offset {offset}"
                console.print(f"[bold red]WRONG[/]: {name}, {position}{where}: {what}")
            if each.wrong > len(each.named):
                console.print(f"{name}, partition {each.part}: {each.wrong:,} altogether")
    if not any(each.wrong for partitions in found.values() for each in partitions):
        console.print("[bold green]reconciled[/]: every event is on its topic, byte for byte as its store says it")


def add_to(app: typer.Typer) -> None:
    """Add the command to `crm audit`."""
    app.command(epilog="Example: crm audit reconcile --json")(reconcile)

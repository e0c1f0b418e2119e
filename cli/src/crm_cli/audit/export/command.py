"""The command `crm audit export`."""

import json
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from crm_cli.errors import CliError, ExitCode, report_errors
from crm_cli.options import HOME, AsJson, Folder

if TYPE_CHECKING:
    from crm_eventlog.audit import ExportRequest


class Form(StrEnum):
    """A format of exports."""

    NDJSON = "ndjson"
    PARQUET = "parquet"


class NothingAsked(CliError):
    """A request for neither a customer nor everything, or for both."""

    code = ExitCode.UNCLEAR


def export(
    customer: Annotated[UUID | None, typer.Option(help="Only what concerns this customer, by id.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Everything.")] = False,
    since: Annotated[
        str | None, typer.Option("--from", metavar="TIME", help="Only what was recorded then or later.")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--to", metavar="TIME", help="Only what was recorded then or earlier.")
    ] = None,
    form: Annotated[Form, typer.Option("--format", help="CloudEvents as lines of JSON, or a table.")] = Form.NDJSON,
    out: Annotated[Path | None, typer.Option(help="A new folder.", show_default="audit-export-DATE-TIME, here")] = None,
    as_json: AsJson = False,
    folder: Folder = HOME,
) -> None:
    """Write every public event with its position, the hash of its fact and the hash before it, and a manifest.

    A file for each service; the manifest counts what stayed private, so that every position is accounted for, and has
    the SHA-256 of each file. TIME is a day (from its beginning, to its end), or a day with a time, when it was
    recorded, not when it happened. The folder appears when it is complete.

    Exit code 0: written; 1: the folder exists already, or a store cannot be read; 2: not understood; 4: nothing is
    there.
    """
    from crm_cli.audit.export.run import export as written
    from crm_cli.console import progress_on, screen
    from crm_cli.data_folder import DataFolder
    from crm_cli.stores import stores_at

    out = out or Path(f"audit-export-{datetime.now(UTC):%Y%m%d-%H%M%S}")
    with report_errors(as_json=as_json):
        asked = _asked(customer, everything, since, until)
        with stores_at(DataFolder(folder)) as stores, progress_on(screen(as_json=as_json)) as progress:
            task = progress.add_task("facts", total=None)

            def show(done: int, expected: int) -> None:
                progress.update(task, completed=done, total=expected)

            manifest = written(stores, asked, form=form, out=out, progress=show)
    if as_json:
        typer.echo(json.dumps({"out": str(out), **manifest}, ensure_ascii=False))
    else:
        _print(out, manifest)


def _asked(customer: UUID | None, everything: bool, since: str | None, until: str | None) -> "ExportRequest":
    from crm_cli.time_arguments import parse_instant, parse_start
    from crm_eventlog.audit import ExportRequest

    if (customer is None) is not everything:
        raise NothingAsked("say whose events: --customer ID, or --all")
    return ExportRequest(customer, parse_start(since) if since else None, parse_instant(until) if until else None)


def _print(out: Path, manifest: dict[str, Any]) -> None:
    from crm_cli.console import screen, table

    console = screen()
    shown = table(console, str(out), "service", "facts", "private", "events", "bytes", "SHA-256")
    for name, entry in manifest["services"].items():
        counts = [f"{entry[each]:,}" for each in ("facts", "private", "events", "bytes")]
        shown.add_row(name, *counts, entry["sha256"])
    console.print(shown)
    console.print(f"{manifest['events']:,} events, and {out / 'manifest.json'} accounts for every position")


def add_to(app: typer.Typer) -> None:
    """Add the command to `crm audit`."""
    app.command(epilog="Example: crm audit export --all --from 2026-11-01 --to 2026-11-30 --out november")(export)

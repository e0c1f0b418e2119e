"""The command `crm import customers`."""

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crm_cli.errors import ExitCode, report_errors
from crm_cli.options import HOME, AsJson, Encoding, Folder, Reader

if TYPE_CHECKING:
    from crm_cli.data_folder import DataFolder
    from crm_cli.import_customers.run import Report

imports = typer.Typer(name="import", help="Bring in what other systems know.", no_args_is_help=True)


@imports.command(epilog="Example: crm import customers erp.csv --mapping erp.toml --encoding gb18030")
def customers(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, metavar="FILE.csv")],
    language: Reader,
    mapping: Annotated[
        Path | None,
        typer.Option(
            exists=True, dir_okay=False, help="TOML or JSON: which column holds what. Without it the headings tell."
        ),
    ] = None,
    encoding: Annotated[Encoding, typer.Option(help="How the file's letters are written.")] = Encoding.UTF_8,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check every row, register nobody.")] = False,
    actor: Annotated[str, typer.Option(help="Who imports.")] = "import",
    unit: Annotated[str, typer.Option(help="For which store or office.")] = "CN-HQ",
    as_json: AsJson = False,
    folder: Folder = HOME,
) -> None:
    """Register the customers of a CSV file; who is known already is left as they stand, so it is safe to repeat.

    Rows that cannot be registered are written to FILE.rejects.csv with the reason and the way out; put them right
    there and import that file. Exit code 0: every row is registered or known; 3: some rows were rejected; 1: the
    import failed; 4: nothing runs.
    """
    from crm_cli.client import Touchpoint
    from crm_cli.console import progress_on, screen
    from crm_cli.data_folder import DataFolder

    by = Touchpoint(actor=actor, role="staff", unit=unit, channel="system")
    with report_errors(as_json=as_json), progress_on(screen(as_json=as_json)) as progress:
        task = progress.add_task(file.name, total=None)

        def show(done: int, expected: int) -> None:
            progress.update(task, completed=done, total=max(done, expected))

        data_folder = DataFolder(folder)
        options = {"encoding": encoding, "by": by, "language": language.value, "dry_run": dry_run, "progress": show}
        report = asyncio.run(_imported(file, mapping, data_folder, **options))
    typer.echo(json.dumps(report.as_json(), ensure_ascii=False) if as_json else _summary(report))
    raise typer.Exit(ExitCode.IN_PART if report.counts.rejected else ExitCode.DONE)


async def _imported(file: Path, mapping: Path | None, data_folder: "DataFolder", **options: Any) -> "Report":
    """Import the file; a trial also works where nothing runs, and then looks nobody up."""
    from crm_cli.client import CrmClient
    from crm_cli.data_folder import NotRunning
    from crm_cli.import_customers.mapping import MappingFile
    from crm_cli.import_customers.run import import_customers

    how = MappingFile.read(mapping) if mapping else MappingFile()
    try:
        addresses = data_folder.running_here().addresses
    except NotRunning:
        if not options["dry_run"]:
            raise
        return await import_customers(file, mapping=how, client=None, **options)
    async with CrmClient({"contacts": addresses["contacts"]}, language=options["language"], timeout=120) as client:
        return await import_customers(file, mapping=how, client=client, **options)


def _summary(report: "Report") -> str:
    """Return the report in a few lines."""
    counts = report.counts
    looked_up = f"{counts.known:,} known already" if report.looked_up else "nothing runs, so nobody was looked up"
    done = f"{counts.acceptable:,} would be registered" if report.dry_run else f"{counts.registered:,} registered"
    read = f"{counts.read:,} rows read in {report.seconds:.1f} s"
    lines = [f"{report.file}: {read}: {done}, {looked_up}, {counts.rejected:,} rejected"]
    if report.rejects:
        lines.append(f"rejected rows, with the reason and the way out: {report.rejects}")
        lines.append(f"put them right there, then: crm import customers {report.rejects}")
    if report.columns.ignored:
        lines.append(f"columns not imported: {', '.join(report.columns.ignored)}")
    if not report.columns.have_key:
        lines.append("no column of customer numbers: customers were told apart by their phone, or else their e-mail")
    return "\n".join(lines)


def add_to(app: typer.Typer) -> None:
    """Add the command to `crm`."""
    app.add_typer(imports)

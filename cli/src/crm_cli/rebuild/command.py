"""The command `crm rebuild`."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from crm_cli.errors import ExitCode, report_errors
from crm_cli.options import HOME, AsJson, Folder, RebuildFrom, ServiceName

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.progress import Progress

    from crm_cli.rebuild.run import ReadModelRebuild
    from crm_eventlog.rebuild import CustomerReport, Generation, RebuildPlan, RebuildReport, TableDifference


def rebuild(
    service: Annotated[ServiceName, typer.Argument(help="The service.", show_default=False)],
    read_model: Annotated[str, typer.Argument(help="Its read model, customer_history say.", show_default=False)],
    customer: Annotated[UUID | None, typer.Option(help="Only this customer's rows.", show_default=False)] = None,
    source: Annotated[RebuildFrom, typer.Option("--from", help="The topics, or the stores behind them.")] = (
        RebuildFrom.LOG
    ),
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes (PostgreSQL).")] = 1,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would be done.")] = False,
    verify: Annotated[bool, typer.Option("--verify", help="Compare with what is served, and change nothing.")] = False,
    rollback: Annotated[bool, typer.Option("--rollback", help="Serve the generation before again, at once.")] = False,
    as_json: AsJson = False,
    folder: Folder = HOME,
) -> None:
    """Build a read model anew beside the one that is served, compare both, and swap them in one transaction.

    The service goes on serving and taking commands. What was served is kept for --rollback. Interrupted, the next call
    goes on where it was. No command is given and no message sent. Where nothing runs, the files at rest are taken.

    Exit code 0: done (--verify: the same); 1: could not be done, or --verify found a difference; 4: nothing is there.
    """
    from crm_cli.data_folder import DataFolder
    from crm_cli.rebuild.run import ReadModelRebuild

    if sum((dry_run, verify, rollback)) > 1 or (customer and (dry_run or rollback)):
        raise typer.BadParameter("choose one of --dry-run, --verify and --rollback; --customer goes with --verify only")
    with report_errors(as_json=as_json):
        work = ReadModelRebuild(DataFolder(folder), service, read_model, source=source, workers=workers)
        found, print_it = _asked(work, customer, dry_run=dry_run, verify=verify, rollback=rollback, as_json=as_json)
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, default=str))
    else:
        print_it()
    raise typer.Exit(ExitCode.FAILED if verify and not found["same"] else ExitCode.DONE)


def _asked(
    work: "ReadModelRebuild", customer: UUID | None, *, dry_run: bool, verify: bool, rollback: bool, as_json: bool
) -> tuple[dict[str, Any], Callable[[], None]]:
    """Do the work; return the result for programs, and the function that prints it for people."""
    if dry_run:
        intent = work.intent()
        return {**asdict(intent), "total": intent.total}, lambda: _print_intent(intent)
    if rollback:
        before, now = work.roll_back()
        return {"before": asdict(before), "now": asdict(now)}, lambda: _print_rollback(before, now)
    if customer is not None:
        one = work.one_customer(customer, verify=verify)
        return {**asdict(one), "same": one.same}, lambda: _print_customer(one, verify=verify)
    report = _built(work, verify=verify, as_json=as_json)
    return {**asdict(report), "same": report.same}, lambda: _print(report, verify=verify)


def _built(work: "ReadModelRebuild", *, verify: bool, as_json: bool) -> "RebuildReport":
    from crm_cli.console import progress_on, screen

    with progress_on(screen(as_json=as_json), speed="records/s") as progress:
        bars = _Bars(progress)
        return work.run(verify=verify, on_progress=bars.on_progress, on_total=bars.on_total)


class _Bars:
    """A bar for all records, and one for each partition."""

    def __init__(self, progress: "Progress") -> None:
        self._progress = progress
        self._of: dict[int, Any] = {}
        self._all = progress.add_task("records", total=None)

    def on_total(self, left: Mapping[int, int]) -> None:
        self._progress.update(self._all, total=sum(left.values()))
        self._of = {part: self._progress.add_task(f"partition {part}", total=left[part]) for part in sorted(left)}

    def on_progress(self, partition: int, records: int) -> None:
        self._progress.advance(self._all, records)
        if partition in self._of:
            self._progress.advance(self._of[partition], records)


def _print_intent(intent: "RebuildPlan") -> None:
    from crm_cli.console import screen, table

    console = screen()
    shown = table(console, "records to be read", "topic and partition", "records")
    for position, records in intent.records.items():
        shown.add_row(position, f"{records:,}")
    console.print(shown)
    begun = "goes on with" if intent.resumes else "builds"
    console.print(
        f"would read {intent.total:,} records from the {intent.source}: {begun} generation {intent.number} "
        f"(version {intent.version}) beside generation {intent.served.number} (version {intent.served.version}); "
        "nothing was done"
    )


def _print_rollback(before: "Generation", now: "Generation") -> None:
    from crm_cli.console import screen

    screen().print(
        f"generation {now.number} (version {now.version}) is served again; {before.number} is kept. "
        "It stands where it stood, and reads on by itself"
    )


def _print_customer(one: "CustomerReport", *, verify: bool) -> None:
    from crm_cli.console import screen

    _print_tables(one.tables)
    console = screen()
    if one.left:
        console.print(f"left as they are, because their rows are nobody's: {', '.join(one.left)}")
    console.print(_verdict(one.same, verify=verify, done="the rows were put in place"))


def _print(report: "RebuildReport", *, verify: bool) -> None:
    from crm_cli.console import screen

    _print_tables(report.tables)
    console = screen()
    console.print(
        f"{report.records:,} records of the {report.source} in {report.seconds:.1f} s "
        f"({report.records / max(report.seconds, 0.001):,.0f}/s), {report.parked} set aside, lag {report.lag:,}; "
        f"commands given: {report.commands}, effects called: {report.effects}"
    )
    done = f"generation {report.served} is served, {report.old.number} is kept for --rollback"
    console.print(_verdict(report.same, verify=verify, done=done))


def _print_tables(tables: "Sequence[TableDifference]") -> None:
    from crm_cli.console import screen, table

    console = screen()
    shown = table(console, "rows", "table", "old", "new", "only old", "only new", "different", "digests")
    for each in tables:
        counts = (each.rows_old, each.rows_new, each.only_old, each.only_new, each.different)
        digests = f"old {each.digest_old}\nnew {each.digest_new}"
        shown.add_row(each.table, *(f"{count:,}" for count in counts), digests)
    console.print(shown)
    for each in tables:
        if not each.comparable:
            console.print(f"{each.table}: its columns changed with the code, so the rows were counted only")
        for key in each.examples:
            console.print(f"{each.table}: not the same at {key}")


def _verdict(same: bool, *, verify: bool, done: str) -> str:
    found = "[bold green]the same rows[/]" if same else "[bold red]not the same rows[/]"
    return f"{found}; nothing was changed" if verify else f"{found} as before; {done}"


def add_to(app: typer.Typer) -> None:
    """Add the command to `crm`."""
    app.command(epilog="Example: crm rebuild support customer_history --workers 2")(rebuild)

"""The command `crm verify`."""

import asyncio
import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crm_cli.errors import report_errors
from crm_cli.options import HOME, AsJson, Folder

if TYPE_CHECKING:
    from crm_cli.targets import Subject
    from crm_cli.verify.run import Verdict


def verify(
    within: Annotated[float, typer.Option(min=0.1, help="Seconds to wait for the same positions.")] = 60.0,
    as_json: AsJson = False,
    folder: Folder = HOME,
) -> None:
    """Recompute the hash chains of every store, and compare the histories' digests of all services.

    Where nothing runs, the files of the embedded default are verified as they lie.

    Exit code 0: every chain is intact and every digest the same; 1: a position was altered or a service differs, and
    is named; 3: the chains are intact, but the services have not read to the same positions; 4: nothing is there.
    """
    from crm_cli.console import progress_on, screen
    from crm_cli.data_folder import DataFolder
    from crm_cli.targets import subject_at
    from crm_cli.verify.run import verify as verified

    with report_errors(as_json=as_json):
        subject = subject_at(DataFolder(folder))
        with progress_on(screen(as_json=as_json)) as progress:
            task = progress.add_task("facts", total=None)

            def show(done: int, expected: int) -> None:
                progress.update(task, completed=done, total=expected)

            verdict = asyncio.run(verified(subject, within=within, progress=show))
    if as_json:
        typer.echo(json.dumps(_as_json(subject, verdict), ensure_ascii=False))
    else:
        _print(subject, verdict)
    raise typer.Exit(verdict.code)


def _as_json(subject: "Subject", verdict: "Verdict") -> dict[str, Any]:
    compared = verdict.comparison
    return {
        "at_work": subject.at_work,
        "intact": not any(chains.findings for chains in verdict.chains.values()),
        "facts": sum(chains.facts for chains in verdict.chains.values()),
        "findings": [
            {"service": name, **finding._asdict()}
            for name, chains in verdict.chains.items()
            for finding in chains.findings
        ],
        "same": compared.same if compared else None,
        "digests": dict(compared.digests) if compared else {},
        "different": compared.different if compared else [],
        "events": compared.events if compared else None,
        "trouble": verdict.trouble or None,
    }


def _print(subject: "Subject", verdict: "Verdict") -> None:
    from crm_cli.console import digest_table, screen, table

    console = screen()
    if not subject.at_work:
        console.print(f"nothing runs; the files in {subject.data_folder} are verified as they lie")
    shown = table(console, "hash chains", "service", "facts", "hash chains")
    for name, chains in verdict.chains.items():
        broken = [f"[bold red]{each.what}[/] at {each.part}:{each.pos}" for each in chains.findings]
        shown.add_row(name, f"{chains.facts:,}", "\n".join(broken) or "intact")
    console.print(shown)
    if verdict.comparison:
        console.print(digest_table(console, "histories", verdict.comparison.digests))
    for sentence in _conclusions(verdict):
        console.print(sentence)


def _conclusions(verdict: "Verdict") -> list[str]:
    sentences = [
        f"[bold red]ALTERED[/]: {name}, partition {each.part}, position {each.pos}: {each.what}"
        for name, chains in verdict.chains.items()
        for each in chains.findings
    ]
    compared = verdict.comparison
    if compared and not compared.same:
        sentences.append(f"[bold red]NOT the same[/]: {', '.join(compared.different)} shows a different history")
    if verdict.trouble:
        sentences.append(verdict.trouble)
    return sentences or ["[bold green]verified[/]: every fact as it was recorded, every service with the same history"]


def add_to(app: typer.Typer) -> None:
    """Add the command to `crm`."""
    app.command(epilog="Example: crm verify --json")(verify)

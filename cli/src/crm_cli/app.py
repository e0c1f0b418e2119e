"""The command line: one command a line, each with an example in its help."""

import asyncio
import json
import logging
import sys
from pathlib import Path
from typing import Annotated

import structlog
import typer
from rich.console import Console

from crm_cli import running
from crm_cli.demo import CUSTOMERS, demo
from crm_cli.places import HOME, Place
from crm_cli.real import MigrationFailed
from crm_local.server import ServerDidNotStart

app = typer.Typer(
    name="crm",
    help="Closed-Loop CRM on one machine. Data are kept in .crm/ below the current folder.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]
Folder = Annotated[Path, typer.Option("--folder", help="Where data are kept.")]


@app.callback()
def quiet() -> None:
    """Let the services' own log lines pass only from warnings on."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


@app.command(name="demo", epilog="Example: crm demo --customers 50 --language zh")
def demo_command(
    customers: Annotated[int, typer.Option(min=0, max=100_000, help="How many generated customers act.")] = CUSTOMERS,
    serve: Annotated[bool, typer.Option("--serve", help="Stay until Ctrl-C and print the addresses.")] = False,
    language: Annotated[str, typer.Option(help="Language of the histories: en or zh.")] = "en",
    seed: Annotated[int, typer.Option(help="What chance decides is decided by this number.")] = 1,
    as_json: AsJson = False,
    folder: Folder = Path(".crm/demo"),
) -> None:
    """Play the story of Ms Chen and of many customers; exit code 0 only if every touchpoint shows the same history."""
    console = Console(quiet=as_json, width=None if sys.stdout.isatty() else 140)
    try:
        outcome = asyncio.run(
            demo(folder, customers=customers, serve=serve, console=console, language=language, seed=seed)
        )
    except KeyboardInterrupt:
        raise typer.Exit(0 if serve else 130) from None
    if as_json:
        typer.echo(json.dumps(outcome.as_json()))
    raise typer.Exit(0 if outcome.same else 1)


@app.command(epilog="Example: crm up --real")
def up(
    real: Annotated[bool, typer.Option("--real", help="On PostgreSQL and Kafka of this machine's own.")] = False,
    split: Annotated[
        bool, typer.Option("--split", help="With --real: serve, relay, project and work as processes of their own.")
    ] = False,
    as_json: AsJson = False,
    folder: Folder = HOME,
) -> None:
    """Run all five services until Ctrl-C; their data stay in the folder until `crm down --wipe`."""
    console = Console(quiet=as_json, highlight=False)
    try:
        asyncio.run(running.up(Place(folder), real=real, split=split, tell=console.print))
    except (running.AlreadyRunning, ServerDidNotStart, MigrationFailed) as refused:
        raise complaint(refused, as_json=as_json) from None


@app.command(epilog="Example: crm down --wipe")
def down(
    wipe: Annotated[bool, typer.Option("--wipe", help="Remove the data as well.")] = False,
    as_json: AsJson = False,
    folder: Folder = HOME,
) -> None:
    """End what `crm up` runs from this folder; the data stay unless they are wiped."""
    try:
        ended = running.down(Place(folder), wipe=wipe)
    except running.StillRunning as refused:
        raise complaint(refused, as_json=as_json) from None
    found = "ended" if ended else "nothing was running"
    typer.echo(json.dumps({"ended": ended, "wiped": wipe}) if as_json else found + (", data removed" if wipe else ""))


def complaint(refused: Exception, *, as_json: bool, code: int = 1) -> typer.Exit:
    """Say on the error output why a command could not be carried out; the exit code to leave with."""
    typer.echo(json.dumps({"error": str(refused)}) if as_json else str(refused), err=True)
    return typer.Exit(code)

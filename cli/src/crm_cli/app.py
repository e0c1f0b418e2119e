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

from crm_cli.demo import CUSTOMERS, demo

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

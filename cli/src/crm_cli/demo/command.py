"""The command `crm demo`."""

import asyncio
import json
from typing import Annotated

import typer

from crm_cli.errors import ExitCode, report_errors
from crm_cli.options import HOME, AsJson, Folder, Reader

CUSTOMERS = 300


def demo(
    language: Reader,
    customers: Annotated[int, typer.Option(min=0, max=100_000, help="How many generated customers act.")] = CUSTOMERS,
    serve: Annotated[bool, typer.Option("--serve", help="Stay until Ctrl-C and print the addresses.")] = False,
    seed: Annotated[int, typer.Option(help="What chance decides is decided by this number.")] = 1,
    as_json: AsJson = False,
    folder: Folder = HOME,
) -> None:
    """Play the story of Ms Chen and of many customers; exit code 0 only if every touchpoint shows the same history.

    Its data are in the folder `demo` below that of the services, and made anew by every run.
    """
    from crm_cli.console import screen
    from crm_cli.data_folder import DataFolder
    from crm_cli.demo import run as play

    def tell_program(outcome: play.Outcome) -> None:
        if as_json:
            typer.echo(json.dumps(outcome.as_json()))

    with report_errors(as_json=as_json):
        outcome = asyncio.run(
            play.demo(
                DataFolder(folder).of_demo,
                customers=customers,
                serve=serve,
                console=screen(as_json=as_json),
                language=language,
                seed=seed,
                found=tell_program,
            )
        )
    raise typer.Exit(ExitCode.DONE if outcome.same else ExitCode.FAILED)


def add_to(app: typer.Typer) -> None:
    """Add the command to `crm`."""
    app.command(epilog="Example: crm demo --customers 50 --language zh")(demo)

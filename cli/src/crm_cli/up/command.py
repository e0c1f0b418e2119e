"""The command `crm up`."""

import asyncio
import json
from typing import Annotated

import typer

from crm_cli.errors import report_errors
from crm_cli.options import HOME, AsJson, Folder


def up(
    real: Annotated[bool, typer.Option("--real", help="On PostgreSQL and Kafka of this machine's own.")] = False,
    split: Annotated[
        bool, typer.Option("--split", help="With --real: serve, relay, project and work as processes of their own.")
    ] = False,
    as_json: AsJson = False,
    folder: Folder = HOME,
) -> None:
    """Run all five services until Ctrl-C; their data stay in the folder until `crm down --wipe`."""
    from crm_cli.console import screen
    from crm_cli.data_folder import DataFolder, Running
    from crm_cli.up.run import up as start_all

    def announce(sentence: str) -> None:
        screen(as_json=as_json).print(sentence)

    def tell_program(at_work: Running) -> None:
        typer.echo(json.dumps({"addresses": dict(at_work.addresses), "log": at_work.log_url}))

    if split and not real:
        raise typer.BadParameter("needs --real: the embedded default is one process", param_hint="--split")
    with report_errors(as_json=as_json):
        started = tell_program if as_json else None
        asyncio.run(start_all(DataFolder(folder), real=real, split=split, announce=announce, started=started))


def add_to(app: typer.Typer) -> None:
    """Add the command to `crm`."""
    app.command(epilog="Example: crm up --real")(up)

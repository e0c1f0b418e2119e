"""The command `crm down`."""

import json
from typing import Annotated

import typer

from crm_cli.errors import report_errors
from crm_cli.options import HOME, AsJson, Folder


def down(
    wipe: Annotated[bool, typer.Option("--wipe", help="Remove the data as well.")] = False,
    as_json: AsJson = False,
    folder: Folder = HOME,
) -> None:
    """End what `crm up` or the demo runs from this folder; the data stay unless they are wiped."""
    from crm_cli.data_folder import DataFolder
    from crm_cli.down.run import down as end_all

    with report_errors(as_json=as_json):
        ended = end_all(DataFolder(folder), wipe=wipe)
    found = "ended" if ended else "nothing was running"
    typer.echo(json.dumps({"ended": ended, "wiped": wipe}) if as_json else found + (", data removed" if wipe else ""))


def add_to(app: typer.Typer) -> None:
    """Add the command to `crm`."""
    app.command(epilog="Example: crm down --wipe")(down)

"""The command `crm lag`."""

import asyncio
import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from crm_cli.errors import ExitCode, report_errors
from crm_cli.options import HOME, AsJson, Folder

if TYPE_CHECKING:
    from crm_cli.lag.readiness import State


def lag(as_json: AsJson = False, folder: Folder = HOME) -> None:
    """Show for every service and reader, the relay included, how far it is behind, what is parked, where it stopped.

    Parked records could not be taken in, or queue behind one of their key: crm parked list shows them.

    Exit code 0: every service is ready; 1: one does not answer, is too far behind, or a reader has stopped; 4: nothing
    runs.
    """
    from crm_cli.data_folder import DataFolder
    from crm_cli.lag.readiness import states_of

    with report_errors(as_json=as_json):
        states = asyncio.run(states_of(DataFolder(folder).running_here()))
    ready = all(state.ready for state in states.values())
    if as_json:
        services = {
            name: {"ready": state.ready, "reasons": state.reasons, "readers": [*map(asdict, state.readers.values())]}
            for name, state in states.items()
        }
        typer.echo(json.dumps({"ready": ready, "services": services}, ensure_ascii=False))
    else:
        _print(states)
    raise typer.Exit(ExitCode.DONE if ready else ExitCode.FAILED)


def _print(states: "dict[str, State]") -> None:
    from crm_cli.console import screen, table

    console = screen()
    shown = table(console, "", "service", "reader", "events behind", "oldest", "still for", "parked", "stopped at")
    for service, state in states.items():
        for reader in state.readers.values():
            ages = (_seconds(reader.oldest_seconds), _seconds(reader.still_seconds))
            parked = f"{reader.parked_records:,} of {reader.parked_keys:,} keys" if reader.parked_records else ""
            shown.add_row(service, reader.name, f"{reader.behind:,}", *ages, parked, "\n".join(reader.stopped))
    console.print(shown)
    for service, state in states.items():
        for reason in state.reasons:
            console.print(f"[bold red]{service}[/]: {reason}")
    if all(state.ready for state in states.values()):
        console.print("every service is ready")


def _seconds(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds >= 1 else ""


def add_to(app: typer.Typer) -> None:
    """Add the command to `crm`."""
    app.command(epilog="Example: crm lag --json")(lag)

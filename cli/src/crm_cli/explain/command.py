"""The commands `crm explain balance` and `crm explain receivable`."""

import json
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from crm_cli.errors import ExitCode, report_errors
from crm_cli.options import HOME, AsJson, Folder, Reader

if TYPE_CHECKING:
    from crm_cli.explain.run import Explanation

explain = typer.Typer(name="explain", help="Why a number is what it is: the events behind it.", no_args_is_help=True)


@explain.command(epilog="Example: crm explain balance 3f1c5e0a-… --on 2026-11-20")
def balance(
    member: Annotated[str, typer.Argument(help="A member or a customer by id, or the number of a card.")],
    language: Reader,
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="At the end of a day.")
    ] = None,
    as_json: AsJson = False,
    folder: Folder = HOME,
) -> None:
    """Show a member's points and every event that made them: what it added, why, and where it stands.

    `lapsed` points are over, but not declared expired yet; `available` and `lapsed` are what the events come to.

    Exit code 0: shown, and the events come to the number; 1: they do not, or there is no such member; 4: nothing is
    there.
    """
    from crm_cli.data_folder import DataFolder
    from crm_cli.explain.run import explain_balance

    with report_errors(as_json=as_json):
        found = explain_balance(DataFolder(folder), member, on=on.date() if on else None, language=language)
    _show(found, as_json=as_json)


@explain.command(epilog="Example: crm explain receivable 8d9f0c1e-…")
def receivable(
    order: Annotated[UUID, typer.Argument(help="The order's id.")],
    language: Reader,
    as_json: AsJson = False,
    folder: Folder = HOME,
) -> None:
    """Show what is still to be paid of an order and every event that made it so.

    Exit code 0: shown, and the events come to the number; 1: they do not, or there is no such order; 4: nothing is
    there.
    """
    from crm_cli.data_folder import DataFolder
    from crm_cli.explain.run import explain_receivable

    with report_errors(as_json=as_json):
        found = explain_receivable(DataFolder(folder), order, language=language)
    _show(found, as_json=as_json)


def _show(found: "Explanation", *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(_as_json(found), ensure_ascii=False, default=str))
    else:
        _print(found)
    raise typer.Exit(ExitCode.DONE if found.adds_up else ExitCode.FAILED)


def _as_json(found: "Explanation") -> dict[str, Any]:
    behind = [
        each._asdict() | {"happened_at": each.happened_at.isoformat(), "recorded_at": each.recorded_at.isoformat()}
        for each in found.events
    ]
    return {**found.about, "number": found.number, "sum": found.sum, "adds_up": found.adds_up, "events": behind}


def _print(found: "Explanation") -> None:
    from crm_cli.console import screen, table
    from crm_cli.time_arguments import CHINA

    console = screen()
    title = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in found.about.items())
    shown = table(console, title, "happened", "position", "amount", "sum", "event", "caused by", "because")
    total = type(found.number)(0)
    for each in found.events:
        total += each.amount
        when = each.happened_at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")
        event_id, cause = str(each.event_id), each.caused_by or ""
        shown.add_row(when, each.position, f"{each.amount:+,}", f"{total:,}", event_id, cause, each.because)
    console.print(shown)
    if found.adds_up:
        console.print(f"the events come to {found.sum:,}, and so does the number")
    else:
        console.print(f"[bold red]NOT the same[/]: the events come to {found.sum:,}, the number is {found.number:,}")


def add_to(app: typer.Typer) -> None:
    """Add the group to `crm`."""
    app.add_typer(explain)

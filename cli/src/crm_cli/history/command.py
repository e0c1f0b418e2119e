"""The command `crm history`."""

import asyncio
import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crm_cli.errors import report_errors
from crm_cli.options import HOME, AsJson, Folder, Reader, ServiceName

if TYPE_CHECKING:
    from crm_cli.data_folder import DataFolder
    from crm_cli.history.customer_lookup import Customer

Shown = tuple["Customer", str, list[dict[str, Any]]]


def history(
    customer: Annotated[str, typer.Argument(help="Id, phone, e-mail, name, any part of it, or pinyin.")],
    language: Reader,
    as_of: Annotated[
        str | None, typer.Option(metavar="TIME", help="As it was: only what had happened by then.")
    ] = None,
    known_at: Annotated[
        str | None, typer.Option(metavar="TIME", help="As it was known: only what had been recorded by then.")
    ] = None,
    service: Annotated[ServiceName | None, typer.Option(help="Only what this service said.")] = None,
    channel: Annotated[str | None, typer.Option(help="Only what took place there: store, web, call_centre ...")] = None,
    kind: Annotated[str | None, typer.Option(help="Only this kind: question, order, points ...")] = None,
    seen_by: Annotated[
        ServiceName | None, typer.Option(help="Whose copy to read; all show the same.", show_default="the first")
    ] = None,
    as_json: AsJson = False,
    folder: Folder = HOME,
) -> None:
    """Show a customer's history, oldest first, as it is, as it was, or as it was known at any moment.

    TIME is 2026-11-20 (until the end of that day), 2026-11-20T09:30 (in China) or 2026-11-20T09:30+00:00.

    Exit code 0: shown; 1: nobody fits, or a service does not answer; 2: several customers fit, and are listed;
    4: nothing runs.
    """
    from crm_cli.data_folder import DataFolder
    from crm_cli.time_arguments import parse_instant

    with report_errors(as_json=as_json):
        moments = {"occurred_by": as_of, "recorded_by": known_at}
        wanted: dict[str, Any] = {name: parse_instant(text).isoformat() for name, text in moments.items() if text}
        filters = {"source": service, "channel": channel, "kind": kind}
        wanted |= {name: value for name, value in filters.items() if value}
        found = asyncio.run(_read(DataFolder(folder), customer, seen_by, language, wanted))
    if as_json:
        typer.echo(json.dumps(_as_json(found, wanted), ensure_ascii=False))
    else:
        _print(found, wanted)


async def _read(
    data_folder: "DataFolder", customer: str, seen_by: str | None, language: str, wanted: dict[str, Any]
) -> Shown:
    from crm_cli.client import CrmClient
    from crm_cli.history.customer_lookup import find_customer

    async with CrmClient(data_folder.running_here().addresses, language=language) as client:
        meant = await find_customer(client, customer)
        seen_by = seen_by or await client.first_to_answer()
        return meant, seen_by, await client.history(seen_by, meant.id, **wanted)


def _as_json(found: Shown, wanted: dict[str, Any]) -> dict[str, Any]:
    customer, seen_by, entries = found
    about = {"customer_id": str(customer.id), "name": customer.name or None, "seen_by": seen_by}
    return {**about, "wanted": wanted, "entries": entries[::-1]}


def _print(found: Shown, wanted: dict[str, Any]) -> None:
    from crm_cli.console import history_table, screen

    customer, seen_by, entries = found
    console = screen()
    name = f"{customer.name}, {customer.id}" if customer.name else str(customer.id)
    limits = "".join(f", {name.replace('_', ' ')} {value}" for name, value in wanted.items())
    if entries:
        console.print(history_table(console, f"{name}, as {seen_by} shows it{limits}", entries))
    else:
        console.print(f"{seen_by} knows nothing of {name}{limits}")


def add_to(app: typer.Typer) -> None:
    """Add the command to `crm`."""
    app.command(epilog="Example: crm history 陈丽 --as-of 2026-11-20 --service support")(history)

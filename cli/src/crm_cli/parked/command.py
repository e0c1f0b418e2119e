"""The commands `crm parked list`, `show`, `redrive` and `drop`."""

import getpass
import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crm_cli.errors import ExitCode, report_errors
from crm_cli.options import HOME, AsJson, Folder, ServiceName

if TYPE_CHECKING:
    from crm_cli.data_folder import DataFolder
    from crm_cli.parked.queue import Row
    from crm_cli.parked.redrive import Outcome
    from crm_eventlog.consumer import Parked

parked = typer.Typer(
    name="parked", help="See what a reader could not take in, take it in again, or drop it.", no_args_is_help=True
)
_SHOWN = 500
_LONGEST_REASON = 500

OneService = Annotated[ServiceName, typer.Argument(help="The service.", show_default=False)]
AnyService = Annotated[ServiceName | None, typer.Argument(help="One service instead of all.", show_default=False)]
OneKey = Annotated[str, typer.Argument(help="The key, as the list shows it.", show_default=False)]
OfReader = Annotated[str | None, typer.Option("--reader", help="Only this reader: a read model, or reactions.")]


@parked.command("list", epilog="Example: crm parked list sales")
def show_list(
    service: AnyService = None,
    reader: OfReader = None,
    dropped: Annotated[bool, typer.Option("--dropped", help="What was dropped, by whom and why.")] = False,
    as_json: AsJson = False,
    folder: Folder = HOME,
) -> None:
    """List every key that waits: for which reader, how many records, since when, and the kind of error.

    Exit code 0: listed; 1: a database cannot be read; 4: nothing is there.
    """
    from crm_cli.data_folder import DataFolder
    from crm_cli.parked.queue import chosen_databases, dropped_records, waiting_keys
    from crm_cli.targets import subject_at

    with report_errors(as_json=as_json):
        databases = chosen_databases(subject_at(DataFolder(folder)), service)
        found = dropped_records(databases, reader) if dropped else waiting_keys(databases, reader)
    if as_json:
        typer.echo(json.dumps({"dropped" if dropped else "waiting": found}, ensure_ascii=False))
    else:
        _print_list(found, dropped=dropped)


@parked.command(epilog="Example: crm parked show sales 00000000-0000-0000-0000-000000000007")
def show(
    service: OneService,
    key: OneKey,
    reader: OfReader = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="Records to show.")] = 20,
    as_json: AsJson = False,
    folder: Folder = HOME,
) -> None:
    """Show the records of a key: place, position, headers, value, and why the first cannot be taken in.

    They hold personal data. Long values are cut; --json prints them whole.

    Exit code 0: shown; 1: nothing waits under this key; 4: nothing is there.
    """
    from crm_cli.data_folder import DataFolder
    from crm_cli.parked.queue import as_row, parked_records

    with report_errors(as_json=as_json):
        found = parked_records(service, _url(DataFolder(folder), service), key, reader, limit)
    if as_json:
        typer.echo(json.dumps({"records": [as_row(one) for one in found]}, ensure_ascii=False))
    else:
        for one in found:
            _print_record(one)


@parked.command(epilog="Example: crm parked redrive sales --reader customer_history")
def redrive(
    service: AnyService = None,
    reader: OfReader = None,
    key: Annotated[str | None, typer.Option("--key", help="Only this key.")] = None,
    as_json: AsJson = False,
    folder: Folder = HOME,
) -> None:
    """Take in again what waits, each key in its order as far as it goes, with the code that is installed here.

    What newly arrives queues behind until a key is empty. Redriving the reader reactions gives commands, each once; a
    mail server is the one that the environment names.

    Exit code 0: nothing waits any more; 3: some keys still fail; 1: all of them; 4: nothing is there.
    """
    from crm_cli.console import progress_on, screen
    from crm_cli.data_folder import DataFolder
    from crm_cli.parked.queue import chosen_databases, waiting_keys
    from crm_cli.parked.redrive import redrive_keys
    from crm_cli.targets import subject_at

    with report_errors(as_json=as_json), progress_on(screen(as_json=as_json)) as progress:
        databases = chosen_databases(subject_at(DataFolder(folder)), service)
        keys = [each for each in waiting_keys(databases, reader) if key in (None, each["key"])]
        task = progress.add_task("keys", total=len(keys))
        outcomes = [
            redrive_keys(name, databases[name], reader=reader, key=key, on_progress=lambda: progress.advance(task))
            for name in dict.fromkeys(each["service"] for each in keys)
        ]
        left = {(each["service"], each["reader"], each["key"]): each for each in waiting_keys(databases, reader)}
    rows = [_row(outcome, one, left) for outcome in outcomes for one in outcome.keys]
    trouble = {outcome.service: outcome.trouble for outcome in outcomes if outcome.trouble}
    if as_json:
        typer.echo(json.dumps({"keys": rows, "trouble": trouble}, ensure_ascii=False))
    else:
        _print_redriven(rows, trouble)
    raise typer.Exit(_ended(rows, trouble))


@parked.command(epilog='Example: crm parked drop sales 00000000-0000-0000-0000-000000000007 --reason "a test customer"')
def drop(
    service: OneService,
    key: OneKey,
    reason: Annotated[str, typer.Option("--reason", help="Why; it is kept.", show_default=False)],
    by: Annotated[str, typer.Option("--by", help="Who; it is kept.", show_default="you")] = "",
    reader: OfReader = None,
    offset: Annotated[int | None, typer.Option("--offset", help="Only if the first record is at this offset.")] = None,
    whole: Annotated[
        bool, typer.Option("--all", help="All that waits under the key, not its first record only.")
    ] = False,
    as_json: AsJson = False,
    folder: Folder = HOME,
) -> None:
    """Let the first record of a key go for good, so that crm parked redrive can take in what waits behind it.

    The record is kept with who dropped it and why: crm parked list --dropped shows it.

    Exit code 0: dropped; 1: nothing waits under this key; 2: several readers do; 4: nothing is there.
    """
    from crm_cli.data_folder import DataFolder
    from crm_cli.parked.queue import drop_first, position_of

    if not reason.strip() or len(reason) > _LONGEST_REASON:
        raise typer.BadParameter(f"say why, in 1 to {_LONGEST_REASON} characters", param_hint="--reason")
    who = (by or getpass.getuser())[:100]
    with report_errors(as_json=as_json):
        url = _url(DataFolder(folder), service)
        gone, left = drop_first(
            service, url, key, reader=reader, offset=offset, whole=whole, by=who, reason=reason.strip()
        )
    places = [position_of(one.record) for one in gone]
    if as_json:
        answer = {"dropped": places, "by": who, "reason": reason.strip(), "waiting": left}
        typer.echo(json.dumps(answer, ensure_ascii=False))
        return
    for position in places:
        typer.echo(f"dropped: {position}")
    what = f"{left} records of this key wait now: take them in with crm parked redrive {service}" if left else ""
    typer.echo(what or "nothing of this key waits any more")


def _url(data_folder: "DataFolder", service: str) -> str:
    from crm_cli.parked.queue import KeyNotParked, chosen_databases
    from crm_cli.targets import subject_at

    databases = chosen_databases(subject_at(data_folder), service)
    if service not in databases:
        raise KeyNotParked(f"{service} has no database in {data_folder}")
    return databases[service]


def _row(outcome: "Outcome", one: Any, left: "dict[tuple[str, str, str], Row]") -> "Row":
    from crm_cli.parked.queue import kind_of

    still = left.get((outcome.service, one.reader.name, one.key), {})
    return {
        "service": outcome.service,
        "reader": one.reader.name,
        "key": one.key,
        "taken_in": one.taken_in,
        "waiting": still.get("records", 0),
        "error": kind_of(one.error),
    }


def _ended(rows: "list[Row]", trouble: dict[str, str]) -> ExitCode:
    failed = [row for row in rows if row["error"] is not None]
    if not failed and not trouble:
        return ExitCode.DONE
    return ExitCode.IN_PART if any(row["taken_in"] for row in rows) else ExitCode.FAILED


def _print_list(found: "list[Row]", *, dropped: bool) -> None:
    from rich.markup import escape

    from crm_cli.console import screen, table

    console = screen()
    if not found:
        console.print("nothing was dropped" if dropped else "nothing waits: every record was taken in")
        return
    if dropped:
        shown = table(console, "dropped", "service", "reader", "key", "place", "error", "when", "by", "why")
        for row in found:
            position = f"{row['topic']}[{row['partition']}] {row['offset']}"
            whose = row["service"], row["reader"], row["key"], position, row["error"] or "", row["dropped_at"][:19]
            shown.add_row(*map(escape, (*whose, row["dropped_by"], row["reason"])))
    else:
        shown = table(console, "parked", "service", "reader", "partition", "records", "since", "error", "key")
        for row in found:
            about = str(row["partition"]), f"{row['records']:,}", row["since"][:19], row["error"] or "", row["key"]
            shown.add_row(*map(escape, (row["service"], row["reader"], *about)))
    console.print(shown)


def _print_record(one: "Parked") -> None:
    from crm_cli.parked.queue import as_row, position_of

    row = as_row(one)
    typer.echo(f"{one.reader.name}: {position_of(one.record)}, position {row['position'] or '-'}")
    typer.echo(f"  since   {row['parked_at']}\n  error   {_plain(one.error or 'waits behind the record before it')}")
    for name, value in row["headers"]:
        typer.echo(f"  header  {_plain(name)}: {_plain(value)}")
    typer.echo(f"  value   {_plain(row['value'])}\n")


def _plain(value: Any) -> str:
    """Return printable text of bounded length, so that nothing in a record moves the cursor."""
    text = value if isinstance(value, str) else json.dumps(value)
    cut = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}... ({len(text):,} characters; --json prints them all)"
    return "".join(letter if letter.isprintable() else f"\\x{ord(letter):02x}" for letter in cut)


def _print_redriven(rows: "list[Row]", trouble: dict[str, str]) -> None:
    from rich.markup import escape

    from crm_cli.console import screen, table

    console = screen()
    if not rows and not trouble:
        console.print("nothing waits: every record was taken in")
        return
    shown = table(console, "redriven", "service", "reader", "taken in", "still waiting", "fails of", "key")
    for row in rows:
        about = f"{row['taken_in']:,}", f"{row['waiting']:,}", row["error"] or "", row["key"]
        shown.add_row(*map(escape, (row["service"], row["reader"], *about)))
    console.print(shown)
    for service, kind in trouble.items():
        console.print(f"{service}: {kind} keeps the rest waiting for the moment; redrive again")


def add_to(app: typer.Typer) -> None:
    """Add the command to `crm`."""
    app.add_typer(parked)

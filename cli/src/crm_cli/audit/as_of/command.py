"""The command `crm audit as-of`."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from crm_cli.errors import ExitCode, report_errors
from crm_cli.options import HOME, AsJson, Folder

if TYPE_CHECKING:
    from crm_eventlog.audit.as_of import StateAsOf


def as_of(
    aggregate: Annotated[str, typer.Argument(help="What it is: Customer, Order, Case, PointsAccount ...")],
    id: Annotated[UUID, typer.Argument(help="Its id.")],
    at: Annotated[
        str | None, typer.Option(metavar="TIME", help="As it was: only what had happened by then.", show_default="now")
    ] = None,
    known: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="As it was known: only what had been recorded by then.", show_default="now"),
    ] = None,
    as_json: AsJson = False,
    folder: Folder = HOME,
) -> None:
    """Show what an aggregate knew of itself at a moment, made from its facts, and which facts those are.

    TIME is 2026-11-20 (until the end of that day), 2026-11-20T09:30 (in China) or 2026-11-20T09:30+00:00.

    Exit code 0: shown; 1: it did not exist then, or what had happened then makes no state by itself; 2: there is no
    such kind of aggregate; 4: nothing is there.
    """
    from crm_cli.audit.as_of.run import kind_named, state_as_of
    from crm_cli.data_folder import DataFolder
    from crm_cli.time_arguments import parse_instant

    with report_errors(as_json=as_json):
        service, kind = kind_named(aggregate)
        moments = {"at": parse_instant(at) if at else None, "known": parse_instant(known) if known else None}
        found = state_as_of(DataFolder(folder), service, kind, id, happened_by=moments["at"], known_by=moments["known"])
    about = {"service": service, "aggregate": kind.__name__, "id": str(id)}
    asked = {name: time.isoformat() for name, time in moments.items() if time}
    if as_json:
        typer.echo(json.dumps(_as_json({**about, "asked": asked}, found), ensure_ascii=False))
    else:
        _print({**about, **asked}, found)
    raise typer.Exit(ExitCode.DONE if found.aggregate else ExitCode.FAILED)


def _as_json(about: Mapping[str, Any], found: "StateAsOf") -> dict[str, Any]:
    facts = [
        {"event_id": str(fact.event_id), "fact": fact.topic, "version": fact.originator_version}
        | {"position": f"{fact.part}:{fact.pos}", "recorded_at": fact.recorded_at.isoformat()}
        for fact in found.facts
    ]
    existed = found.aggregate is not None
    return {**about, "existed": existed, "fields": found.fields, "facts": facts, "later": found.later}


def _print(about: Mapping[str, str], found: "StateAsOf") -> None:
    from crm_cli.console import screen, table

    console = screen()
    title = " ".join(
        [about["aggregate"], about["id"], *(f"{each} {about[each]}" for each in ("at", "known") if each in about)]
    )
    if found.aggregate is None:
        console.print(f"{title}: did not exist; {found.later:,} facts came later")
        return
    shown = table(console, title, "field", "value")
    for name, value in found.fields.items():
        shown.add_row(name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
    console.print(shown)
    facts = table(console, f"made of these facts; {found.later:,} came later", "recorded", "position", "fact")
    for fact in found.facts:
        facts.add_row(f"{fact.recorded_at:%Y-%m-%d %H:%M:%S}", f"{fact.part}:{fact.pos}", fact.topic)
    console.print(facts)


def add_to(app: typer.Typer) -> None:
    """Add the command to `crm audit`."""
    app.command(name="as-of", epilog="Example: crm audit as-of Case 3f1c5e0a-… --at 2026-11-14 --known 2026-11-20")(
        as_of
    )

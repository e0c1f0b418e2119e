"""The command `crm audit verify`."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crm_cli.errors import CliError, ExitCode, report_errors
from crm_cli.options import HOME, AsJson, Folder

if TYPE_CHECKING:
    from crm_eventlog.audit import Checkpoint, Finding

Found = Mapping[str, "Sequence[Finding]"]


class HalfNamed(CliError):
    """Checkpoints without a key, or a key without checkpoints: neither proves anything."""

    code = ExitCode.UNCLEAR


def verify(
    checkpoints: Annotated[
        Path | None, typer.Option(metavar="FILE", help="What `crm audit sign` wrote, outside the databases.")
    ] = None,
    public_key: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The public key with which they were signed.")
    ] = None,
    as_json: AsJson = False,
    folder: Folder = HOME,
) -> None:
    """Recompute the hash chain of every partition, and hold it against every checkpoint that was signed.

    Names the first altered, missing or extra position of each partition. Whoever rewrote a store with its whole chain
    is found by the checkpoints only.

    Exit code 0: everything as it was recorded and signed; 1: it is not, or the checkpoints are not as they were
    signed; 2: the key cannot be used; 4: nothing is there.
    """
    from crm_cli.audit.signing import checkpoints_in, verify_signed
    from crm_cli.console import progress_on, screen
    from crm_cli.data_folder import DataFolder
    from crm_cli.stores import report_damage, stores_at

    with report_errors(as_json=as_json):
        if (checkpoints is None) != (public_key is None):
            raise HalfNamed("give --checkpoints and --public-key together")
        signed = checkpoints_in(checkpoints, public_key) if checkpoints and public_key else {}
        with stores_at(DataFolder(folder)) as stores, progress_on(screen(as_json=as_json)) as progress:
            with report_damage():
                facts = {name: sum(n for n, _ in store.heads().values()) for name, store in stores.items()}
            task = progress.add_task("facts", total=sum(facts.values()))
            found = verify_signed(stores, signed, lambda count: progress.advance(task, count))
    intact = not any(found.values())
    if as_json:
        typer.echo(json.dumps(_as_json(facts, found, signed), ensure_ascii=False))
    else:
        _print(facts, found, signed)
    raise typer.Exit(ExitCode.DONE if intact else ExitCode.FAILED)


def _as_json(facts: Mapping[str, int], found: Found, signed: "Mapping[str, Sequence[Checkpoint]]") -> object:
    return {
        "intact": not any(found.values()),
        "facts": sum(facts.values()),
        "findings": [{"service": name, **each._asdict()} for name, findings in found.items() for each in findings],
        "checkpoints": {name: len(of_service) for name, of_service in signed.items()},
        "signed_until": {name: of_service[-1].at for name, of_service in signed.items()},
    }


def _print(facts: Mapping[str, int], found: Found, signed: "Mapping[str, Sequence[Checkpoint]]") -> None:
    from crm_cli.console import screen, table

    console = screen()
    shown = table(console, "", "service", "facts", "checkpoints", "last signed", "hash chains")
    for name, findings in found.items():
        of_service = signed.get(name, ())
        broken = [f"[bold red]{each.what}[/] at {each.part}:{each.pos}" for each in findings]
        last = of_service[-1].at[:19].replace("T", " ") if of_service else ""
        shown.add_row(name, f"{facts[name]:,}", f"{len(of_service):,}", last, "\n".join(broken) or "intact")
    console.print(shown)
    for name, findings in found.items():
        for each in findings:
            console.print(f"[bold red]ALTERED[/]: {name}, partition {each.part}, position {each.pos}: {each.what}")
    if not any(found.values()):
        console.print("[bold green]verify_signed[/]: every fact as it was recorded" + (" and signed" if signed else ""))


def add_to(app: typer.Typer) -> None:
    """Add the command to `crm audit`."""
    example = "Example: crm audit verify --checkpoints checkpoints.jsonl --public-key audit.public.pem"
    app.command(epilog=example)(verify)

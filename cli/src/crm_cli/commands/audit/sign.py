"""`crm audit keygen`, `crm audit sign`: checkpoints outside the databases that only the owner of a key can make."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crm_cli.leaving import CannotBeDone, reasons_told
from crm_cli.options import HOME, AsJson, Folder

if TYPE_CHECKING:
    from crm_cli.auditing.signing import Notary


class KeyStands(CannotBeDone):
    """A key is never written over another."""


def keygen(
    key: Annotated[Path, typer.Argument(help="The private key; the public one is written beside it.")] = Path(
        "audit.pem"
    ),
    as_json: AsJson = False,
) -> None:
    """Make a pair of Ed25519 keys: keep the private one where the databases' administrators cannot read it.

    Exit code 0: made; 1: a key stands there already.
    """
    from crm_eventlog.audit import new_key

    with reasons_told(as_json=as_json):
        try:
            public = new_key(key)
        except FileExistsError:
            raise KeyStands(f"{key} exists already, and a key is never written over another") from None
    if as_json:
        typer.echo(json.dumps({"key": str(key), "public_key": str(public)}))
    else:
        typer.echo(f"{key}  the private key, readable by its owner only\n{public}  the public key, for everybody")


def sign(
    checkpoints: Annotated[
        Path, typer.Option(metavar="FILE", help="Where the checkpoints go, outside the databases and their machine.")
    ] = Path("checkpoints.jsonl"),
    key: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The private key.", show_default="CRM_AUDIT_KEY, as PEM")
    ] = None,
    every: Annotated[
        float | None, typer.Option(min=1, metavar="SECONDS", help="Again and again, until Ctrl-C.", show_default="once")
    ] = None,
    as_json: AsJson = False,
    folder: Folder = HOME,
) -> None:
    """Check what was appended to each store since the last checkpoint, sign what it comes to, and keep that in a file.

    Nothing is signed that breaks a hash chain or contradicts an earlier checkpoint. With --json, a line for each round.

    Exit code 0: signed, or nothing was new; 1: a store is not as it was recorded or signed; 2: the key cannot be used;
    4: nothing is there.
    """
    from crm_cli.auditing.signing import Notary, only_notary_of, signing_key
    from crm_cli.auditing.stores import stores_at
    from crm_cli.places import Place

    with reasons_told(as_json=as_json):
        by = signing_key(key)
        with only_notary_of(checkpoints), stores_at(Place(folder)) as stores:
            notary = Notary(stores, by, checkpoints)
            asyncio.run(_again_and_again(lambda: _once(notary, as_json=as_json), every))


def _once(notary: "Notary", *, as_json: bool) -> None:
    from crm_cli.showing import progress_on, screen

    with progress_on(screen(as_json=as_json)) as progress:
        task = progress.add_task("facts", total=None)
        made = notary.sign(lambda count: progress.advance(task, count))
    signed = {each.service: each.statement["facts"] for each in made}
    typer.echo(json.dumps({"checkpoints": str(notary.path), "signed": signed}) if as_json else _told(signed))


async def _again_and_again(once: Callable[[], None], every: float | None) -> None:
    from crm_cli.running import stop_at_signals
    from crm_eventlog.waiting import pause

    stop = stop_at_signals() if every else asyncio.Event()
    while not stop.is_set():
        await asyncio.to_thread(once)
        if every is None:
            return
        await pause(stop, every)


def _told(signed: dict[str, int]) -> str:
    if not signed:
        return "nothing was added since the last checkpoint"
    return "signed: " + ", ".join(f"{name} at {facts:,} facts" for name, facts in signed.items())


def add_to(app: typer.Typer) -> None:
    """Make them commands of `crm audit`."""
    app.command(epilog="Example: crm audit keygen audit.pem")(keygen)
    app.command(epilog="Example: crm audit sign --key audit.pem --checkpoints checkpoints.jsonl --every 60")(sign)

"""The commands `crm audit keygen` and `crm audit sign`."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crm_cli.errors import CliError, report_errors
from crm_cli.options import HOME, AsJson, Folder

if TYPE_CHECKING:
    from crm_cli.audit.signing import CheckpointSigner


class KeyStands(CliError):
    """A key that exists already, and is never written over."""


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

    with report_errors(as_json=as_json):
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
    from crm_cli.audit.signing import CheckpointSigner, signing_key, signing_lock
    from crm_cli.data_folder import DataFolder
    from crm_cli.stores import stores_at

    with report_errors(as_json=as_json):
        by = signing_key(key)
        with signing_lock(checkpoints), stores_at(DataFolder(folder)) as stores:
            signer = CheckpointSigner(stores, by, checkpoints)
            asyncio.run(_again_and_again(lambda: _once(signer, as_json=as_json), every))


def _once(signer: "CheckpointSigner", *, as_json: bool) -> None:
    from crm_cli.console import progress_on, screen

    with progress_on(screen(as_json=as_json)) as progress:
        task = progress.add_task("facts", total=None)
        made = signer.sign(lambda count: progress.advance(task, count))
    signed = {each.service: each.statement["facts"] for each in made}
    typer.echo(json.dumps({"checkpoints": str(signer.path), "signed": signed}) if as_json else _summary(signed))


async def _again_and_again(once: Callable[[], None], every: float | None) -> None:
    from crm_cli.signals import stop_at_signals
    from crm_eventlog.waiting import wait_or_stop

    stop = stop_at_signals() if every else asyncio.Event()
    while not stop.is_set():
        await asyncio.to_thread(once)
        if every is None:
            return
        await wait_or_stop(stop, every)


def _summary(signed: dict[str, int]) -> str:
    if not signed:
        return "nothing was added since the last checkpoint"
    return "signed: " + ", ".join(f"{name} at {facts:,} facts" for name, facts in signed.items())


def add_to(app: typer.Typer) -> None:
    """Add the commands to `crm audit`."""
    app.command(epilog="Example: crm audit keygen audit.pem")(keygen)
    app.command(epilog="Example: crm audit sign --key audit.pem --checkpoints checkpoints.jsonl --every 60")(sign)

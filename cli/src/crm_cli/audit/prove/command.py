"""The command `crm audit prove`."""

import json
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from crm_cli.errors import CliError, report_errors
from crm_cli.options import HOME, AsJson, Folder


class ProofStands(CliError):
    """A file that exists already, and is never written over."""


def prove(
    event_id: Annotated[UUID, typer.Argument(help="The id of the event.")],
    checkpoints: Annotated[Path, typer.Option(metavar="FILE", help="What `crm audit sign` wrote.")],
    public_key: Annotated[Path, typer.Option(metavar="FILE", help="The public key with which they were signed.")],
    out: Annotated[Path | None, typer.Option(help="A new file.", show_default="proof-EVENT_ID.json, here")] = None,
    as_json: AsJson = False,
    folder: Folder = HOME,
) -> None:
    """Write everything that leads from the fact behind an event to the last signed checkpoint of its service.

    Anybody can check it with the public key and docs/how-to/check_proof.py, without us. The proof shows the fact.

    Exit code 0: written; 1: no store has the event, it was not signed yet, or it is not what was signed; 2: the key
    cannot be used; 4: nothing is there.
    """
    from crm_cli.audit.signing import checkpoints_in, proof_of
    from crm_cli.data_folder import DataFolder
    from crm_cli.stores import stores_at

    out = out or Path(f"proof-{event_id}.json")
    with report_errors(as_json=as_json):
        if out.exists():
            raise ProofStands(f"{out} exists already: name another file with --out")
        signed = checkpoints_in(checkpoints, public_key)
        with stores_at(DataFolder(folder)) as stores:
            proof = proof_of(stores, event_id, signed)
        unfinished = out.with_name(f"{out.name}.unfinished")
        unfinished.write_text(json.dumps(proof, indent=1, ensure_ascii=False) + "\n", "utf-8")
        unfinished.rename(out)
    fact, statement = proof["fact"], proof["statement"]
    where, service, signed_at = f"{fact['part']}:{fact['pos']}", statement["service"], statement["at"]
    if as_json:
        answer = {"out": str(out), "service": service, "position": where, "signed_at": signed_at}
        typer.echo(json.dumps({**answer, "hashes": len(proof["path"]) + len(proof["partitions_path"])}))
    else:
        typer.echo(f"{out}: {fact['topic']} of {service} at {where}, signed {signed_at}")


def add_to(app: typer.Typer) -> None:
    """Add the command to `crm audit`."""
    app.command(
        epilog="Example: crm audit prove 8d9f0c1e-… --checkpoints checkpoints.jsonl --public-key audit.public.pem"
    )(prove)

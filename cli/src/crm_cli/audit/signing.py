"""Signed checkpoints of every store: written, read back, and compared with the stores."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from filelock import FileLock, Timeout

from crm_cli.errors import CliError, ExitCode
from crm_cli.stores import report_damage
from crm_eventlog.audit import (
    Checkpoint,
    CheckpointsAltered,
    Finding,
    KeyUnusable,
    NotProvable,
    NotToBeSigned,
    Signer,
    append_checkpoint,
    checkpoint_verifiers_of,
    fact_of,
    private_key,
    private_key_in,
    prove,
    public_key_in,
    read_checkpoints,
    verify_chains,
)
from crm_eventlog.store import EventStore

KEY_VARIABLE = "CRM_AUDIT_KEY"
Progress = Callable[[int, int], None]


class KeyMissing(CliError):
    """A key that is missing or cannot be used."""

    code = ExitCode.UNCLEAR


class CheckpointsSpoilt(CliError):
    """A file of checkpoints that is missing or was altered."""


class NotSigned(CliError):
    """A store that is not signed, because it is not as it was recorded."""


class EventUnknown(CliError):
    """An event that no store holds, or that is not signed yet."""


@contextmanager
def _report_keys() -> Iterator[None]:
    try:
        yield
    except (KeyUnusable, FileNotFoundError) as trouble:
        raise KeyMissing(f"{trouble}; `crm audit keygen` makes a pair of keys") from trouble


def signing_key(path: Path | None) -> Any:
    """Return the private key of a file, or else of the environment, or raise `KeyMissing`."""
    with _report_keys():
        if path is not None:
            return private_key_in(path)
        if pem := os.environ.get(KEY_VARIABLE):
            return private_key(pem.encode())
    raise KeyMissing(f"name the private key with --key, or put it into {KEY_VARIABLE}; `crm audit keygen` makes one")


def checkpoints_in(path: Path, public_key: Path) -> dict[str, list[Checkpoint]]:
    """Return service -> its checkpoints, each checked with the public key, or raise `CheckpointsSpoilt`."""
    with _report_keys():
        key = public_key_in(public_key)
    return _read(path, key)


def _read(path: Path, key: Any) -> dict[str, list[Checkpoint]]:
    try:
        return read_checkpoints(path, key)
    except FileNotFoundError:
        raise CheckpointsSpoilt(f"{path} is not there: `crm audit sign` writes it") from None
    except CheckpointsAltered as altered:
        raise CheckpointsSpoilt(str(altered)) from altered


class CheckpointSigner:
    """A signer of all stores into one file, the only one of that file."""

    def __init__(self, stores: Mapping[str, EventStore], key: Any, path: Path) -> None:
        before = _read(path, key.public_key()) if path.exists() else {}
        self.path = path
        self._signers = {name: Signer(store, key, before.get(name, ())) for name, store in stores.items()}

    def sign(self, progress: Callable[[int], None]) -> list[Checkpoint]:
        """Sign every store to which something was added, and return the checkpoints, or raise `NotSigned`."""
        made = []
        for name, signer in self._signers.items():
            try:
                with report_damage():
                    checkpoint = signer.sign(datetime.now(UTC), progress)
            except NotToBeSigned as refused:
                raise NotSigned(
                    f"{name} is not signed: {refused}",
                    findings=[{"service": name, **each._asdict()} for each in refused.findings],
                ) from refused
            if checkpoint is not None:
                append_checkpoint(self.path, checkpoint)
                made.append(checkpoint)
        return made


@contextmanager
def signing_lock(path: Path) -> Iterator[None]:
    """Keep everybody else from signing into this file until the block ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(f"{path}.lock", timeout=0):
            yield
    except Timeout:
        raise NotSigned(f"another `crm audit sign` writes to {path}") from None


def verify_signed(
    stores: Mapping[str, EventStore], signed: Mapping[str, Sequence[Checkpoint]], progress: Callable[[int], None]
) -> dict[str, list[Finding]]:
    """Return service -> its findings; raise `CheckpointsSpoilt` when a signed service has no store."""
    if gone := sorted(signed.keys() - stores.keys()):
        raise CheckpointsSpoilt(f"checkpoints were signed of {', '.join(gone)}, whose store is not there")
    with report_damage():
        return {
            name: verify_chains(store, progress=progress, witnesses=checkpoint_verifiers_of(signed.get(name, ())))
            for name, store in stores.items()
        }


def proof_of(stores: Mapping[str, EventStore], event_id: UUID, signed: Mapping[str, Sequence[Checkpoint]]) -> Any:
    """Return the proof that a signed store holds this event, or raise `EventUnknown`."""
    with report_damage():
        for name, store in stores.items():
            if (fact := fact_of(store, event_id)) is None:
                continue
            if not signed.get(name):
                raise EventUnknown(f"{name} holds the event, but no checkpoint of {name} was signed: `crm audit sign`")
            try:
                return prove(store, fact, signed[name][-1])
            except NotProvable as trouble:
                raise EventUnknown(f"{name}: {trouble}") from trouble
    raise EventUnknown(f"no service has an event {event_id}")

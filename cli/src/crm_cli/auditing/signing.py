"""Checkpoints of every store of a house: signed once or at an interval, read back, and held against the stores."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from filelock import FileLock, Timeout

from crm_cli.auditing.stores import damage_told
from crm_cli.leaving import CannotBeDone, Code
from crm_eventlog.audit import (
    Checkpoint,
    CheckpointsAltered,
    Finding,
    KeyUnusable,
    NotProvable,
    NotToBeSigned,
    Signer,
    append_checkpoint,
    fact_of,
    private_key,
    private_key_in,
    prove,
    public_key_in,
    read_checkpoints,
    verify_chains,
    witnesses_of,
)
from crm_eventlog.store import EventStore

KEY_VARIABLE = "CRM_AUDIT_KEY"
Progress = Callable[[int, int], None]


class KeyMissing(CannotBeDone):
    """No key was given, or none that can be used."""

    code = Code.UNCLEAR


class CheckpointsSpoilt(CannotBeDone):
    """The file of checkpoints is missing, or not as it was signed."""


class NotSigned(CannotBeDone):
    """A store is not as it was recorded, so nothing is signed."""


class EventUnknown(CannotBeDone):
    """No store holds this event, or it was not signed yet."""


@contextmanager
def _keys_told() -> Iterator[None]:
    try:
        yield
    except (KeyUnusable, FileNotFoundError) as trouble:
        raise KeyMissing(f"{trouble}; `crm audit keygen` makes a pair of keys") from trouble


def signing_key(path: Path | None) -> Any:
    """The private key in a file, or else in the environment; `KeyMissing`."""
    with _keys_told():
        if path is not None:
            return private_key_in(path)
        if pem := os.environ.get(KEY_VARIABLE):
            return private_key(pem.encode())
    raise KeyMissing(f"name the private key with --key, or put it into {KEY_VARIABLE}; `crm audit keygen` makes one")


def checkpoints_in(path: Path, public_key: Path) -> dict[str, list[Checkpoint]]:
    """Service -> its checkpoints, every line checked with the public key; `CheckpointsSpoilt`."""
    with _keys_told():
        key = public_key_in(public_key)
    return _read(path, key)


def _read(path: Path, key: Any) -> dict[str, list[Checkpoint]]:
    try:
        return read_checkpoints(path, key)
    except FileNotFoundError:
        raise CheckpointsSpoilt(f"{path} is not there: `crm audit sign` writes it") from None
    except CheckpointsAltered as altered:
        raise CheckpointsSpoilt(str(altered)) from altered


class Notary:
    """Signs all stores into one file; one notary a file."""

    def __init__(self, stores: Mapping[str, EventStore], key: Any, path: Path) -> None:
        before = _read(path, key.public_key()) if path.exists() else {}
        self.path = path
        self._signers = {name: Signer(store, key, before.get(name, ())) for name, store in stores.items()}

    def sign(self, progress: Callable[[int], None]) -> list[Checkpoint]:
        """The checkpoints of the stores to which something was added; `NotSigned` names what is wrong with a store."""
        made = []
        for name, signer in self._signers.items():
            try:
                with damage_told():
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
def only_notary_of(path: Path) -> Iterator[None]:
    """While the block lasts, nobody else signs into this file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(f"{path}.lock", timeout=0):
            yield
    except Timeout:
        raise NotSigned(f"another `crm audit sign` writes to {path}") from None


def verified(
    stores: Mapping[str, EventStore], signed: Mapping[str, Sequence[Checkpoint]], progress: Callable[[int], None]
) -> dict[str, list[Finding]]:
    """Service -> what is not as it was recorded or signed; a signed service without a store is `CheckpointsSpoilt`."""
    if gone := sorted(signed.keys() - stores.keys()):
        raise CheckpointsSpoilt(f"checkpoints were signed of {', '.join(gone)}, whose store is not there")
    with damage_told():
        return {
            name: verify_chains(store, progress=progress, witnesses=witnesses_of(signed.get(name, ())))
            for name, store in stores.items()
        }


def proof_of(stores: Mapping[str, EventStore], event_id: UUID, signed: Mapping[str, Sequence[Checkpoint]]) -> Any:
    """The proof that this event stands in a signed store; `EventUnknown`."""
    with damage_told():
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

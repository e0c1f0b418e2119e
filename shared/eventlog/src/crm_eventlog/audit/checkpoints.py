"""Signed checkpoints: the head of every partition at a moment, kept in a file outside of the database."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from os import SEEK_END, fsync
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from crm_eventlog.audit.keys import name_of
from crm_eventlog.audit.merkle import Tree
from crm_eventlog.columns import instant_text

KIND = "crm-audit-checkpoint"
_NOTHING = ""


class CheckpointsAltered(Exception):
    """A line in a file of checkpoints that was altered, or whose predecessor is missing."""


class Head(NamedTuple):
    """The head of a partition: its last position, the hash there, and the root of the tree of its hashes."""

    part: int
    n: int
    head: bytes
    root: bytes

    @property
    def leaf(self) -> bytes:
        """Return the leaf of this partition in the checkpoint's tree."""
        return f"{self.part}:{self.n}:{self.head.hex()}:{self.root.hex()}".encode()


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A signed statement. It binds the heads by the root of their tree, and names the checkpoint before it."""

    heads: tuple[Head, ...]
    statement: dict[str, Any]
    signature: bytes

    @classmethod
    def signed(
        cls, service: str, heads: Sequence[Head], *, at: datetime, previous: Self | None, key: Ed25519PrivateKey
    ) -> Self:
        """Sign a new checkpoint of a service's store."""
        statement = {
            "kind": KIND,
            "version": 1,
            "service": service,
            "at": instant_text(at),
            "key": name_of(key.public_key()),
            "partitions": len(heads),
            "facts": sum(head.n for head in heads),
            "root": Tree(head.leaf for head in heads).root.hex(),
            "previous": previous.digest if previous else _NOTHING,
        }
        return cls(tuple(heads), statement, key.sign(signed_bytes(statement)))

    @property
    def service(self) -> str:
        """Return the service whose store it is."""
        return str(self.statement["service"])

    @property
    def at(self) -> str:
        """Return the time of the signature."""
        return str(self.statement["at"])

    @property
    def digest(self) -> str:
        """Return the digest by which the next checkpoint names this one."""
        return sha256(signed_bytes(self.statement)).hexdigest()

    def line(self) -> bytes:
        """Return the checkpoint as a line of the file."""
        partitions = [[head.part, head.n, head.head.hex(), head.root.hex()] for head in self.heads]
        content = {"statement": self.statement, "signature": self.signature.hex(), "partitions": partitions}
        return json.dumps(content).encode() + b"\n"

    @classmethod
    def of_line(cls, line: bytes, key: Ed25519PublicKey) -> Self:
        """Parse and verify a line. Raise `CheckpointsAltered`."""
        try:
            content = json.loads(line)
            heads = tuple(Head(p, n, bytes.fromhex(h), bytes.fromhex(r)) for p, n, h, r in content["partitions"])
            read = cls(heads, content["statement"], bytes.fromhex(content["signature"]))
            key.verify(read.signature, signed_bytes(read.statement))
            root, kind = read.statement["root"], read.statement["kind"]
        except (ValueError, KeyError, TypeError) as error:
            raise CheckpointsAltered(f"not a checkpoint: {error!r}") from error
        except InvalidSignature:
            raise CheckpointsAltered(f"not signed with the key {name_of(key)}") from None
        if kind != KIND or Tree(head.leaf for head in heads).root.hex() != root:
            raise CheckpointsAltered("the partitions are not those that were signed")
        return read


def signed_bytes(statement: dict[str, Any]) -> bytes:
    """Return the signed bytes: JSON in ASCII, with sorted names and without blanks."""
    return json.dumps(statement, sort_keys=True, separators=(",", ":")).encode()


def read_checkpoints(path: Path, key: Ed25519PublicKey) -> dict[str, list[Checkpoint]]:
    """Return the verified checkpoints by service, oldest first. `CheckpointsAltered` names the line.

    Ignore a last line without a line end, because it was never finished.
    """
    found: dict[str, list[Checkpoint]] = {}
    for number, line in enumerate(_lines(path), 1):
        try:
            read = Checkpoint.of_line(line, key)
            of_service = found.setdefault(read.service, [])
            expected = of_service[-1].digest if of_service else _NOTHING
            if read.statement.get("previous") != expected:
                raise CheckpointsAltered(f"the checkpoint of {read.service} before it is missing")
        except CheckpointsAltered as altered:
            raise CheckpointsAltered(f"{path}, line {number}: {altered}") from altered
        of_service.append(read)
    return found


def _lines(path: Path) -> Iterable[bytes]:
    with path.open("rb") as file:
        yield from (line for line in file if line.endswith(b"\n"))


def append_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Append a line and sync it to disk. First cut off what an earlier process did not finish."""
    path.touch(exist_ok=True)
    with path.open("r+b") as file:
        _cut_unfinished(file)
        file.write(checkpoint.line())
        file.flush()
        fsync(file.fileno())


def _cut_unfinished(file: BinaryIO) -> None:
    """Truncate the file after its last complete line."""
    if file.seek(0, SEEK_END) == 0:
        return
    file.seek(-1, SEEK_END)
    if file.read() != b"\n":
        file.seek(0)
        file.truncate(file.read().rfind(b"\n") + 1)
        file.seek(0, SEEK_END)

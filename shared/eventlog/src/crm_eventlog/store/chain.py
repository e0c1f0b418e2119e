"""A stored fact, and the hash that chains it to the fact before it in its partition."""

from datetime import datetime
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from crm_eventlog.columns import instant_text

GENESIS = bytes(32)


class Draft(NamedTuple):
    """A fact without a position yet."""

    originator_id: UUID
    originator_version: int
    topic: str
    state: bytes
    part: int
    event_id: UUID
    partition_key: UUID
    command_id: str
    recorded_at: datetime
    metadata: str

    def digest(self) -> bytes:
        """Return the SHA-256 over every column with its length, so that no byte can move between columns."""
        fixed = f"{self.part}:{self.originator_version}:{instant_text(self.recorded_at)}".encode()
        ids = self.event_id.bytes + self.originator_id.bytes + self.partition_key.bytes
        texts = self.topic.encode(), self.command_id.encode(), self.metadata.encode()
        return digest_of(fixed, ids, *texts, self.state)


class StoredFact(NamedTuple):
    """One row of the store: the fact, its position and its link in the chain of its partition."""

    originator_id: UUID
    originator_version: int
    topic: str
    state: bytes
    part: int
    event_id: UUID
    partition_key: UUID
    command_id: str
    recorded_at: datetime
    metadata: str
    pos: int
    prev_hash: bytes
    hash: bytes

    @property
    def draft(self) -> Draft:
        """Return the fact without its position."""
        return Draft._make(self[: len(Draft._fields)])


def digest_of(*columns: bytes) -> bytes:
    """Return the SHA-256 over these columns, each with its length."""
    found = sha256()
    for column in columns:
        found.update(len(column).to_bytes(4, "big"))
        found.update(column)
    return found.digest()


def link(prev_hash: bytes, pos: int, digest: bytes) -> bytes:
    """Return the hash of a fact: SHA-256 over the hash before it, its position and its digest."""
    return sha256(prev_hash + pos.to_bytes(8, "big") + digest).digest()

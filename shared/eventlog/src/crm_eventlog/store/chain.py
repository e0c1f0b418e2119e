"""A stored fact, and the hash that chains it to the one before it in its partition."""

from datetime import datetime
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from crm_eventlog.columns import instant_text

GENESIS = bytes(32)


class StoredFact(NamedTuple):
    """One row of the store: where it stands, what it says, and its link in the chain of its partition."""

    originator_id: UUID
    originator_version: int
    topic: str
    state: bytes
    part: int
    pos: int
    event_id: UUID
    partition_key: UUID
    command_id: str
    recorded_at: datetime
    metadata: str
    prev_hash: bytes
    hash: bytes


def link(
    prev_hash: bytes,
    *,
    part: int,
    pos: int,
    event_id: UUID,
    originator_id: UUID,
    originator_version: int,
    topic: str,
    partition_key: UUID,
    command_id: str,
    recorded_at: datetime,
    metadata: str,
    state: bytes,
) -> bytes:
    """SHA-256 over the previous hash and every column, each with its length: no byte can move between columns."""
    digest = sha256(prev_hash)
    fixed = f"{part}:{pos}:{originator_version}:{instant_text(recorded_at)}".encode()
    uuids = event_id.bytes + originator_id.bytes + partition_key.bytes
    for column in (fixed, uuids, topic.encode(), command_id.encode(), metadata.encode(), state):
        digest.update(len(column).to_bytes(4, "big"))
        digest.update(column)
    return digest.digest()

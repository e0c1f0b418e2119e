"""Signing of a store's state, repeatedly, reading only the facts appended since the last time."""

from collections.abc import Callable, Sequence
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from crm_eventlog.audit.chain import ChainVerifier, Finding
from crm_eventlog.audit.checkpoint_verifier import CheckpointVerifier, checkpoint_verifiers_of
from crm_eventlog.audit.checkpoints import Checkpoint, Head
from crm_eventlog.audit.merkle import Tree
from crm_eventlog.store import EventStore


class NotToBeSigned(Exception):
    """A store that differs from what was recorded or signed before. `findings` names the positions."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("; ".join(f"partition {each.part}, position {each.pos}: {each.what}" for each in findings))
        self.findings = findings


class Signer:
    """A signer of one service's store, which verifies the chain and signs nothing that breaks it."""

    def __init__(self, store: EventStore, key: Ed25519PrivateKey, before: Sequence[Checkpoint] = ()) -> None:
        self._store, self._key = store, key
        self._last = before[-1] if before else None
        self._witnesses = checkpoint_verifiers_of(before)
        self._walks: dict[int, ChainVerifier] = {}
        self._trees: dict[int, Tree] = {}

    def sign(self, at: datetime, progress: Callable[[int], None] = lambda _: None) -> Checkpoint | None:
        """Return a checkpoint of the store, or None if nothing was added since the last. Raise `NotToBeSigned`."""
        heads, findings = [], []
        counted = self._store.heads()
        for part in sorted(counted.keys() | self._witnesses.keys()):
            found = self._go_on(part, *counted.get(part, (0, b"")), progress)
            if found is not None:
                findings.append(found)
            heads.append(Head(part, self._walks[part].pos, self._walks[part].head, self._trees[part].root))
        if findings:
            raise NotToBeSigned(findings)
        if self._last is not None and self._last.heads == tuple(heads):
            return None
        self._last = Checkpoint.signed(self._store.source, heads, at=at, previous=self._last, key=self._key)
        return self._last

    def _go_on(self, part: int, n: int, head: bytes, progress: Callable[[int], None]) -> Finding | None:
        walk, tree = self._walks.setdefault(part, ChainVerifier(part)), self._trees.setdefault(part, Tree())
        witness = self._witnesses.setdefault(part, CheckpointVerifier(()))

        def observe(first: int, hashes: Sequence[bytes]) -> Finding | None:
            progress(len(hashes))
            tree.extend(hashes)
            return witness.look(first, hashes)

        if n < walk.pos:
            return Finding(part, n + 1, f"missing: {walk.pos:,} facts were there before")
        if (found := walk.advance(self._store, n, observe) or witness.end()) is not None:
            return found
        return None if walk.head == head else Finding(part, walk.pos, "the head of the chain was altered")

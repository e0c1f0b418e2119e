"""Verification of a partition against signed checkpoints, which detects a rewritten tail."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from crm_eventlog.audit.chain import Finding
from crm_eventlog.audit.checkpoints import Checkpoint, Head
from crm_eventlog.audit.merkle import Tree


class _Signed(NamedTuple):
    head: Head
    at: str


class CheckpointVerifier:
    """A verifier of a partition against every signed head of it, and of its tree against the last one.

    Facts between two checkpoints were signed as a whole. So the finding for a rewritten tail names the first position
    that no checkpoint vouches for.
    """

    def __init__(self, signed: Iterable[tuple[Head, str]]) -> None:
        by_position = {head.n: _Signed(head, at) for head, at in signed if head.n}
        self._waiting = [by_position[n] for n in sorted(by_position, reverse=True)]
        self._last = self._waiting[0] if self._waiting else None
        self._vouched = 0
        self._tree = Tree()

    def look(self, first: int, hashes: Sequence[bytes]) -> Finding | None:
        """Check the next facts of the partition."""
        while self._waiting and self._waiting[-1].head.n < first + len(hashes):
            signed = self._waiting.pop()
            if hashes[signed.head.n - first] != signed.head.head:
                return self._finding(signed, "rewritten: positions {} to {} are not those signed at {}")
            self._vouched = signed.head.n
        if self._last is not None:
            self._tree.extend(hashes[: max(0, self._last.head.n - self._tree.size)])
            if self._tree.size == self._last.head.n and self._tree.root != self._last.head.root:
                self._vouched = 0
                return self._finding(self._last, "rewritten: positions {} to {} are not in the tree signed at {}")
        return None

    def end(self) -> Finding | None:
        """Check that no signed facts are missing at the end."""
        if not self._waiting:
            return None
        return self._finding(self._waiting[-1], "cut off: positions {} to {} are not all there, as signed at {}")

    def _finding(self, signed: _Signed, what: str) -> Finding:
        first, last = self._vouched + 1, signed.head.n
        return Finding(signed.head.part, first, what.format(first, last, signed.at))


def checkpoint_verifiers_of(checkpoints: Iterable[Checkpoint]) -> dict[int, CheckpointVerifier]:
    """Return the verifiers of one service's checkpoints, by partition."""
    signed: dict[int, list[tuple[Head, str]]] = {}
    for checkpoint in checkpoints:
        for head in checkpoint.heads:
            signed.setdefault(head.part, []).append((head, checkpoint.at))
    return {part: CheckpointVerifier(heads) for part, heads in signed.items()}

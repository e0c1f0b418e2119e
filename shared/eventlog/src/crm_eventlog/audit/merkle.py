"""Merkle trees of RFC 6962, which hash leaves and nodes differently, so that none passes for the other."""

from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import NamedTuple

LEFT, RIGHT = "left", "right"


def leaf_hash(content: bytes) -> bytes:
    """Return the hash of a leaf."""
    return sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node over its two children."""
    return sha256(b"\x01" + left + right).digest()


class Tree:
    """A tree that only grows. It keeps one hash for every power of two in its size."""

    def __init__(self, contents: Iterable[bytes] = ()) -> None:
        self.size = 0
        self._peaks: list[bytes] = []
        self.extend(contents)

    def extend(self, contents: Iterable[bytes]) -> None:
        """Append leaves."""
        for content in contents:
            found, size = leaf_hash(content), self.size
            while size & 1:
                found = node_hash(self._peaks.pop(), found)
                size >>= 1
            self._peaks.append(found)
            self.size += 1

    @property
    def root(self) -> bytes:
        """Return the root, or the hash of nothing for an empty tree."""
        if not self._peaks:
            return sha256().digest()
        *lower, found = self._peaks
        for peak in reversed(lower):
            found = node_hash(peak, found)
        return found


class Sibling(NamedTuple):
    """A range of leaves whose root is a sibling on the path from a leaf to the root. `end` is exclusive."""

    side: str
    begin: int
    end: int


def siblings(index: int, size: int) -> list[Sibling]:
    """Return the siblings on the path of a leaf, from the bottom up, in a tree of this size."""
    return list(_siblings(index, 0, size))


def _siblings(index: int, begin: int, end: int) -> Iterator[Sibling]:
    if end - begin == 1:
        return
    middle = begin + (1 << (end - begin - 1).bit_length() - 1)
    if index < middle:
        yield from _siblings(index, begin, middle)
        yield Sibling(RIGHT, middle, end)
    else:
        yield from _siblings(index, middle, end)
        yield Sibling(LEFT, begin, middle)


def root_from_path(content: bytes, path: Iterable[tuple[str, bytes]]) -> bytes:
    """Return the root that a leaf and its siblings lead to."""
    found = leaf_hash(content)
    for side, sibling in path:
        found = node_hash(sibling, found) if side == LEFT else node_hash(found, sibling)
    return found

"""Merkle trees as RFC 6962 makes them: a leaf and a node are hashed apart, so that none passes for the other."""

from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import NamedTuple

LEFT, RIGHT = "left", "right"


def leaf_hash(content: bytes) -> bytes:
    """The hash of what stands at the foot of a tree."""
    return sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash over two hashes."""
    return sha256(b"\x01" + left + right).digest()


class Tree:
    """A tree that only grows; it keeps one hash for every power of two in its size."""

    def __init__(self, contents: Iterable[bytes] = ()) -> None:
        self.size = 0
        self._peaks: list[bytes] = []
        self.extend(contents)

    def extend(self, contents: Iterable[bytes]) -> None:
        """Add leaves at the right."""
        for content in contents:
            found, size = leaf_hash(content), self.size
            while size & 1:
                found = node_hash(self._peaks.pop(), found)
                size >>= 1
            self._peaks.append(found)
            self.size += 1

    @property
    def root(self) -> bytes:
        """The hash at the top; of an empty tree, the hash of nothing."""
        if not self._peaks:
            return sha256().digest()
        *lower, found = self._peaks
        for peak in reversed(lower):
            found = node_hash(peak, found)
        return found


class Sibling(NamedTuple):
    """The leaves from `begin` up to `end`, without it: their root stands at this side on the way from a leaf up."""

    side: str
    begin: int
    end: int


def siblings(index: int, size: int) -> list[Sibling]:
    """What a leaf meets on its way to the top of a tree of this size, from the foot on."""
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
    """The root that a leaf leads to, past these siblings."""
    found = leaf_hash(content)
    for side, sibling in path:
        found = node_hash(sibling, found) if side == LEFT else node_hash(found, sibling)
    return found

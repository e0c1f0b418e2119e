"""Makes a trace short by delta debugging: leave out what the failure does not need, until nothing more can be."""

from collections.abc import Callable, Sequence
from typing import TypeVar

Step = TypeVar("Step")


def shrink(trace: Sequence[Step], fails: Callable[[Sequence[Step]], bool]) -> list[Step]:
    """Leave out every step without which the trace still fails; halves first, then smaller pieces, then one by one."""
    shortest = list(trace)
    piece = max(1, len(shortest) // 2)
    while True:
        shorter = _without_pieces(shortest, piece, fails)
        if piece == 1 and len(shorter) == len(shortest):
            return shorter
        shortest = shorter
        piece = max(1, min(piece, len(shortest)) // 2)


def _without_pieces(trace: list[Step], piece: int, fails: Callable[[Sequence[Step]], bool]) -> list[Step]:
    """Try to do without each piece, from the end: what came last depends on what came before, not the other way."""
    at = len(trace)
    while at > 0:
        begin = max(0, at - piece)
        without = trace[:begin] + trace[at:]
        if fails(without):
            trace = without
        at = begin
    return trace

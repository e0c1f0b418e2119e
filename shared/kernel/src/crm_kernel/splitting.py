"""Exact shares of a whole number: the parts always add up to the whole."""

from collections.abc import Sequence


def shares_of(whole: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Split a whole number by weights, by largest remainder (Hamilton); equal remainders favour the earlier part.

    Weights are whole numbers from 0, at least one above 0; ValueError otherwise. A negative whole is split like its
    opposite, so that a refund undoes a payment part by part.
    """
    total = sum(weights)
    if total <= 0 or min(weights) < 0:
        raise ValueError("weights are whole numbers from 0, and at least one is above 0")
    sign, amount = (-1, -whole) if whole < 0 else (1, whole)
    shares = [amount * weight // total for weight in weights]
    remainders = [amount * weight % total for weight in weights]
    largest_first = sorted(range(len(weights)), key=lambda part: (-remainders[part], part))
    for part in largest_first[: amount - sum(shares)]:
        shares[part] += 1
    return tuple(sign * share for share in shares)

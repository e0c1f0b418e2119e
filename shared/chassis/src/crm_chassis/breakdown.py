"""A number and the events it is made of, as a service explains it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID


class Entry(NamedTuple):
    """The amount that an event added to a number, with the reason in the reader's language."""

    event_id: UUID
    amount: Decimal
    because: str


@dataclass(frozen=True)
class Breakdown:
    """A number as a read model shows it, with its entries, oldest first.

    `about` says whose number it is.
    """

    about: Mapping[str, Any]
    number: Decimal
    entries: Sequence[Entry]

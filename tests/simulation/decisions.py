"""Decisions of the scheduler: by dice while it explores, by a script when a run is repeated or shortened."""

from collections.abc import Iterable, Sequence
from random import Random
from typing import NamedTuple, Protocol


class Decision(NamedTuple):
    """At its n-th point this actor does not simply go on: `choice` happens; `where` is for the reader of the trace."""

    actor: str
    number: int
    choice: str
    where: str

    def __str__(self) -> str:
        return f"{self.actor} {self.where}: {self.choice}"


class Deciding(Protocol):
    """A source of decisions about what happens at a point."""

    made: list[Decision]

    def decide(self, actor: str, number: int, where: str, choices: Sequence[str]) -> str | None:
        """Return one of the choices, or None: nothing happens."""
        ...


class Dice:
    """Now and then something happens; how often differs from seed to seed."""

    def __init__(self, random: Random) -> None:
        self.made: list[Decision] = []
        self._random = random
        self._often = random.choice((0.003, 0.008, 0.015, 0.03))
        # Each seed has its own hand: some faults are left out, so that others are not drowned by them.
        self._left_out = {word for word in ("killed", "cut", "waits", "lost", "again") if random.random() < 0.3}

    def decide(self, actor: str, number: int, where: str, choices: Sequence[str]) -> str | None:
        # The more that can go wrong at a point, the more often something does.
        if self._random.random() >= self._often * len(choices):
            return None
        choice = self._random.choice(choices)
        if self._left_out & set(choice.split()):
            return None
        self.made.append(Decision(actor, number, choice, where))
        return choice


class Script:
    """Exactly these decisions; one that no longer fits its point is passed over."""

    def __init__(self, decisions: Iterable[Decision]) -> None:
        self.made: list[Decision] = []
        self._choices = {(each.actor, each.number): each.choice for each in decisions}

    def decide(self, actor: str, number: int, where: str, choices: Sequence[str]) -> str | None:
        choice = self._choices.get((actor, number))
        if choice not in choices:
            return None
        self.made.append(Decision(actor, number, choice, where))
        return choice

"""Counters of the commands and effects that this process triggered itself. A rebuild must not raise them."""

from dataclasses import dataclass


@dataclass
class Counters:
    """The numbers of commands and effects, counted only where reactions trigger them."""

    commands: int = 0
    effects: int = 0

    def since(self, before: "Counters") -> "Counters":
        """Return the difference to `before`."""
        return Counters(self.commands - before.commands, self.effects - before.effects)

    def copy(self) -> "Counters":
        return Counters(self.commands, self.effects)


processed = Counters()

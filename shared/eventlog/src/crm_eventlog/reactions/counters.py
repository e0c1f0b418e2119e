"""How many commands and effects this process has given by itself: what a rebuild must leave at zero."""

from dataclasses import dataclass


@dataclass
class Counters:
    """Counted where commands are given and effects are called, and nowhere else."""

    commands: int = 0
    effects: int = 0

    def since(self, before: "Counters") -> "Counters":
        """What came after `before`."""
        return Counters(self.commands - before.commands, self.effects - before.effects)

    def copy(self) -> "Counters":
        """As it is now."""
        return Counters(self.commands, self.effects)


processed = Counters()

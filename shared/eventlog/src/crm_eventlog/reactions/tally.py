"""How many commands and effects this process has given by itself: what a rebuild must leave at zero."""

from dataclasses import dataclass


@dataclass
class Tally:
    """Counted where commands are given and effects are called, and nowhere else."""

    commands: int = 0
    effects: int = 0

    def since(self, before: "Tally") -> "Tally":
        """What came after `before`."""
        return Tally(self.commands - before.commands, self.effects - before.effects)

    def copy(self) -> "Tally":
        """As it is now."""
        return Tally(self.commands, self.effects)


given = Tally()

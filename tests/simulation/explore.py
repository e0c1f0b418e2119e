"""Seed after seed until the time or the number is up; what fails is made short and told so that it can be repeated."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from time import monotonic

from tests.simulation.run import Run, Step, run_again, run_seed
from tests.simulation.shrink import shrink
from tests.simulation.world import Parts

_ENOUGH = 3


@dataclass(frozen=True)
class Failure:
    """A seed that breaks a promise, the short trace that still does, and what is wrong after it."""

    seed: int
    trace: list[Step]
    wrong: list[str]

    @property
    def repeat(self) -> str:
        """Return the command that shows this again."""
        return f"python -m tests.simulation --seed {self.seed}"


@dataclass
class Explored:
    """The result of an exploration: seeds run, the time they took, and those that failed."""

    seeds: int = 0
    seconds: float = 0.0
    failures: list[Failure] = field(default_factory=list)

    @property
    def per_minute(self) -> int:
        """Return seeds a minute."""
        return round(60 * self.seeds / self.seconds) if self.seconds else 0


def explore(
    seeds: Iterable[int],
    parts: Parts | None = None,
    *,
    seconds: float = float("inf"),
    told: Callable[[Explored], None] = lambda _: None,
) -> Explored:
    """Run these seeds, for so many seconds at most; it ends early when enough have failed."""
    found, begun = Explored(), monotonic()
    for seed in seeds:
        run = run_seed(seed, parts)
        if run.wrong:
            found.failures.append(shortened(seed, run, parts))
        found.seeds += 1
        found.seconds = monotonic() - begun
        told(found)
        if found.seconds >= seconds or len(found.failures) >= _ENOUGH:
            break
    return found


def shortened(seed: int, run: Run, parts: Parts | None = None) -> Failure:
    """Return the failing run of a seed with everything left out that it fails without."""
    trace = shrink(run.trace, lambda steps: bool(run_again(steps, parts).wrong))
    return Failure(seed, trace, list(run_again(trace, parts).wrong))

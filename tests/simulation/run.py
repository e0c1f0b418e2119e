"""One run from its beginning to the moment when all is quiet, and what the checker says about it."""

import asyncio
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random

import structlog

from tests.simulation.checker import violations
from tests.simulation.decisions import Deciding, Decision, Dice, Script
from tests.simulation.ending import ending_of
from tests.simulation.scheduler import Crashed, Inline, Scheduler
from tests.simulation.service import NOTES
from tests.simulation.workload import Happening, draw
from tests.simulation.world import Parts, World

Step = Happening | Decision
_TURNS_WITH_FAULTS = 60
_TURNS_TO_REST = 300
_QUIET = 3


@dataclass(frozen=True)
class Run:
    """One run: its workload, its incidents, the scheduler's decisions, and the violations in the end."""

    happenings: Sequence[Happening]
    decisions: Sequence[Decision]
    wrong: Sequence[str]
    points: int

    @property
    def trace(self) -> list[Step]:
        """Return everything that makes this run what it is."""
        return [*self.happenings, *self.decisions]


def run_seed(seed: int, parts: Parts | None = None) -> Run:
    """Play the run that this seed means."""
    random = Random(seed)
    return play(draw(random), Dice(random), parts or Parts())


def run_again(trace: Sequence[Step], parts: Parts | None = None) -> Run:
    """Play the run of a trace."""
    decisions = [each for each in trace if isinstance(each, Decision)]
    happenings = [each for each in trace if not isinstance(each, Decision)]
    return play(happenings, Script(decisions), parts or Parts())


def play(happenings: Sequence[Happening], deciding: Deciding, parts: Parts) -> Run:
    """Play with faults until everything was asked, then without until all is quiet; check what is there."""
    with _quiet_and_inline():
        scheduler = Scheduler(deciding)
        world = World(scheduler, happenings, parts)
        try:
            wrong = _play(world)
        except Crashed as crash:
            wrong = [str(crash)]
        finally:
            scheduler.stop()
    points = sum(actor.points for actor in scheduler.actors)
    return Run(happenings, deciding.made, wrong, points)


def _play(world: World) -> list[str]:
    _take_turns(world, _TURNS_WITH_FAULTS)
    world.mended, world.scheduler.faults = True, False
    world.scheduler.happened.update(["log", "locks"])
    at_rest = _take_turns(world, _TURNS_TO_REST)
    wrong = [] if at_rest else [f"no rest after {world.turns} turns"]
    for name, intake in world.intakes.items():
        wrong += [
            f"{name}: {stopped.topic}[{stopped.partition}] {stopped.reason}" for stopped in intake.stopped.values()
        ]
    for database in world.databases.values():
        wrong += database.wrong
    return wrong + violations(world.history, ending_of(world), NOTES)


def _take_turns(world: World, most: int) -> bool:
    """Take turns until nothing happens; return whether that came about."""
    quiet = 0
    for _ in range(most):
        before = world.scheduler.happened.total()
        world.turns += 1
        world.befall()
        world.scheduler.turn()
        quiet = quiet + 1 if world.scheduler.happened.total() == before and not world.incidents else 0
        if quiet == 1:
            world.scheduler.wake()
        if quiet == _QUIET and world.all_asked():
            return True
    return False


@contextmanager
def _quiet_and_inline() -> Iterator[None]:
    """Write no logs, and give code that asks for the event loop one that does everything at once."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    asyncio._set_running_loop(Inline())
    try:
        yield
    finally:
        asyncio._set_running_loop(None)
        structlog.configure(**before)

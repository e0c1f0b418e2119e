"""One thread, many actors: each runs until a point where the scheduler may stop it, let others go first, or kill it."""

from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

from greenlet import getcurrent, greenlet

from tests.simulation.decisions import Deciding

WAITS = {"waits 1 turn": 1, "waits 4 turns": 4, "waits 15 turns": 15}
KILLED = "killed"


class Killed(BaseException):
    """The process is gone: no handler of ours sees it, and nothing it would still do is done."""


class Crashed(Exception):
    """An actor ended with an error that nobody foresaw."""


@dataclass
class Actor:
    """A process, or somebody outside: `live` is all it does; killed, it begins anew, unless it `ends`.

    Where it polls, it is given a turn only when one of the things it `hears` of has happened since its last one.
    """

    name: str
    live: Callable[[], None]
    hears: tuple[str, ...] = ()
    ends: bool = False
    on_death: Callable[[], None] = lambda: None
    on_stall: Callable[[], None] = lambda: None
    points: int = 0
    sleeps: int = 0
    dying: bool = False
    idle: bool = False
    waits: bool = False
    seen: int = -1
    run: greenlet | None = field(default=None, repr=False)


class Scheduler:
    """Gives the actors turns in a fixed order; whatever differs from that order is a decision that can be repeated."""

    def __init__(self, deciding: Deciding) -> None:
        self.actors: list[Actor] = []
        self.deciding = deciding
        self.faults = True
        self.happened: Counter[str] = Counter()
        self.current: Actor | None = None
        self._ending = False
        self._main = getcurrent()

    def add(self, actor: Actor) -> None:
        """Add one more actor, after the others."""
        self.actors.append(actor)

    def point(self, where: str, choices: Sequence[str]) -> str | None:
        """Return the choice that the caller at `where` must carry out; waits and kills are done here."""
        actor = self.current
        if actor is None:
            return None
        if actor.dying:
            raise Killed
        actor.points += 1
        if not self.faults:
            return None
        choice = self.deciding.decide(actor.name, actor.points, where, choices)
        if choice is not None:
            self.happened[actor.name] += 1
        if choice == KILLED:
            self.kill()
        if choice in WAITS:
            self.rest(WAITS[choice])
            return None
        return choice

    def kill(self) -> NoReturn:
        """Kill the current actor here."""
        assert self.current is not None
        self.current.dying = True
        raise Killed

    def survive(self) -> None:
        """Let somebody outside see the process die, and live on."""
        assert self.current is not None
        if self._ending:
            raise Killed
        self.current.dying = False

    def stall(self, turns: int) -> None:
        """Hold the current actor so long that others take it for dead; it does not know."""
        assert self.current is not None
        self.current.on_stall()
        self.rest(turns)

    def rest(self, turns: int = 0) -> None:
        """Let everybody else go before the current actor, `turns` times more than the order asks for."""
        actor = self.current
        assert actor is not None
        actor.sleeps = turns
        self._main.switch()

    def wait(self) -> None:
        """Rest until something has happened that the current actor hears of: a poll would find nothing."""
        assert self.current is not None
        self.current.waits = True
        self.rest()

    def turn(self) -> None:
        """Give one turn to everybody who has something to do."""
        for actor in self.actors:
            if actor.sleeps and self.faults:
                actor.sleeps -= 1
                continue
            received = self._heard(actor)
            if not (actor.waits and actor.seen == received):
                # Who was in the middle of something has not seen everything: it polls once more.
                actor.waits, actor.seen = False, received if actor.waits else -1
                self._resume(actor)

    def wake(self) -> None:
        """Let everybody poll once more, as they do after a failure that they take for passing."""
        for actor in self.actors:
            actor.seen = -1

    def _heard(self, actor: Actor) -> int:
        return self.happened[actor.name] + sum(self.happened[each] for each in actor.hears)

    def stop(self) -> None:
        """End every actor where it stands."""
        self._ending = True
        for actor in self.actors:
            actor.dying = True
            if actor.run is not None and not actor.run.dead:
                self.current = actor
                actor.run.throw(Killed)
        self.current = None

    def _resume(self, actor: Actor) -> None:
        if actor.run is None or actor.run.dead:
            if actor.idle:
                return
            actor.run = greenlet(lambda: self._live(actor), self._main)
        self.current = actor
        try:
            actor.run.switch()
        finally:
            self.current = None

    def _live(self, actor: Actor) -> None:
        try:
            actor.live()
            actor.idle = actor.ends
        except Killed:
            actor.on_death()
            actor.dying = False
        except Exception as error:
            raise Crashed(f"{actor.name} crashed: {error!r}") from error


class Elapsed:
    """The `stop` of a loop that polls: nobody asks it to stop, and whoever waits for that lets the others go first."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler

    def is_set(self) -> bool:
        """Return False: a process of the simulation is killed."""
        return False

    def wait(self) -> NoReturn:
        """Return at once: seen from here, the time is over."""
        self._scheduler.wait()
        raise TimeoutError


class Inline:
    """The event loop as far as the platform asks for it: what goes to a thread is done here and now."""

    def run_in_executor(self, _: object, work: Callable[[], Any]) -> "_Done":
        """Run the function here, where `asyncio.to_thread` ends."""
        return _Done(work)


@dataclass
class _Done:
    work: Callable[[], Any]

    def __await__(self) -> Any:
        return self.work()
        yield


def drive(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine that never really waits, to its end."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        return end.value
    raise Crashed("somebody waits for a real event loop")

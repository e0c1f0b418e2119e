"""One fault in one scene: customers at work, a writer, a relay and a projector, and what is done to them."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from time import monotonic
from typing import TypeVar

from sqlalchemy import Table

from crm_eventlog.tables import checkpoints, counters, relay_checkpoints
from crm_local.server import free_ports
from tests.faults.load import Load
from tests.faults.servers import Servers
from tests.faults.service import folds
from tests.faults.stage import Process, Stage

# Small steps, so that a fault finds every process in the midst of many.
SMALL = {"relay_batch": 20, "project_batch": 20}
# What each changes in its step, the last of it last: held, it has done all the rest.
CHANGES: dict[str, tuple[Table, ...]] = {
    "serve": (counters,),
    "relay": (relay_checkpoints,),
    "project": (checkpoints, folds),
}
_NEVER = threading.Event()
T = TypeVar("T")


@dataclass
class Scene:
    """Everything a fault needs; `wrong` is what did not go as the fault says it must."""

    seed: int
    random: Random
    stage: Stage
    servers: Servers
    small_disk: Path | None = None
    cast: dict[str, Process] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    # Where on the topic the fault put records of its own.
    strange: set[tuple[int, int]] = field(default_factory=set)
    _load: Load | None = None
    _port: int = field(default_factory=lambda: free_ports(1)[0])

    def variant(self, *variants: T) -> T:
        """Choose one of several ways; seeds that follow each other take turns."""
        return variants[self.seed % len(variants)]

    @property
    def customers(self) -> Load:
        assert self._load is not None
        return self._load

    @contextmanager
    def with_customers(self, customers: Load) -> Iterator[None]:
        """Let customers ask and be answered from now on."""
        self._load = customers
        yield

    def enter(self, part: str, name: str = "", *, skew: float = 0) -> Process:
        """Let a process that does this part of the work enter, or enter again, under a name."""
        port = self._port if part == "serve" else 0
        self.cast[name or part] = self.stage.launch(part, port=port, skew=skew, **SMALL)
        return self.cast[name or part]

    def at_work(self, *names: str) -> None:
        """Wait until these of the cast (or all) have begun."""
        playing = [self.cast[name] for name in names or self.cast]
        self.stage.until(lambda: all(each.at_work() for each in playing), "everybody at work")

    def answers(self, more: int) -> None:
        """Wait until so many more commands were answered."""
        wanted = len(self.customers.answers) + more
        self.stage.until(lambda: self.customers.done() or len(self.customers.answers) >= wanted, f"{wanted} answers")

    def a_while(self, least: int = 5, most: int = 40) -> None:
        """Wait until some more commands were answered."""
        self.answers(self.random.randint(least, most))

    def relayed(self, more: int = 1) -> None:
        """Wait until so many more facts are on the topic, as the relay's checkpoint says."""
        wanted = self.stage.relayed() + more
        self.stage.until(lambda: self.stage.relayed() >= wanted, f"{wanted} facts relayed")

    def folded(self, more: int = 1) -> None:
        """Wait until so many more events are folded."""
        wanted = self.stage.folded() + more
        self.stage.until(lambda: self.stage.folded() >= wanted, f"{wanted} events folded")

    def within(self, seconds: float, condition: Callable[[], bool]) -> bool:
        """Tell if it comes true in so many seconds."""
        until = monotonic() + seconds
        while not (found := condition()) and monotonic() < until:
            _NEVER.wait(0.1)
        return found

    def lasts(self, seconds: float) -> None:
        """Let the trouble last so long."""
        _NEVER.wait(seconds)

    def moment(self, part: str) -> AbstractContextManager[None]:
        """Choose a moment: anywhere, or at the end of a step, which waits before its last change."""
        if self.random.random() < 0.5:
            return nullcontext()
        return self.stage.held(self.random.choice(CHANGES[part]))

    def expect(self, true: object, otherwise: str) -> None:
        """Note what did not go as it must."""
        if not true:
            self.wrong.append(otherwise)


def nothing_more(_: Scene) -> None:
    """Do nothing: it recovers by itself."""


def never() -> None:
    """Return False: it can be done anywhere."""


@dataclass(frozen=True)
class Fault:
    """A fault: its name, what it does and how it ends, and what must then be done by hand, if anything.

    `strike` returns when the fault has ended; from then on the time to recover is counted.
    """

    name: str
    about: str
    strike: Callable[[Scene], None]
    mend: Callable[[Scene], None] = nothing_more
    # Whether it is done to brokers, which then must be ours.
    brokers: bool = False
    # Whether the database may be away for a while, so that commands are answered with a trouble of the server's.
    outages: bool = False
    # Whether a rule about time may refuse commands.
    wrong_clocks: bool = False
    on_a_small_disk: bool = False
    impossible: Callable[[], str | None] = never

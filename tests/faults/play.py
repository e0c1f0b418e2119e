"""One cell of the matrix: a fault strikes while customers ask, it ends, everything recovers; then what is wrong?"""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import monotonic
from uuid import uuid4

from tests.faults.checks import (
    altered,
    gaps,
    half,
    lost,
    missing,
    not_once,
    out_of_order,
    out_of_turn,
    unheard_of,
)
from tests.faults.clean_run import clean_run, digest_of, rows_of
from tests.faults.load import Load, load, over_http
from tests.faults.scene import Fault, Scene
from tests.faults.servers import Servers
from tests.faults.stage import Stage, as_sent, on_stage

CUSTOMERS = 5
PAUSE = 0.3
INVARIANTS = ("nothing lost", "nothing doubled", "order per customer", "as a clean run", "as it must")
# What is said while the database is away, and while its disk is full.
_CLEAR = {(503, "application/problem+json"), (507, "application/problem+json")}
# The invariant of a story that did not come to an end.
BROKEN_OFF = "comes to an end"


@dataclass(frozen=True)
class Outcome:
    """The outcome of a fault with a seed: violations by invariant, and the seconds that it took to recover."""

    fault: str
    seed: int
    seconds: float = 0.0
    wrong: Mapping[str, list[str]] = field(default_factory=dict)
    skipped: str = ""
    commands: int = 0

    @property
    def violations(self) -> int:
        return sum(len(each) for each in self.wrong.values())

    @property
    def broken_off(self) -> bool:
        """Tell if it did not come to an end."""
        return BROKEN_OFF in self.wrong


def play(fault: Fault, seed: int, servers: Servers) -> Outcome:
    """Play it on these servers, in a database and on a topic of its own."""
    if (reason := fault.impossible()) is not None:
        return Outcome(fault.name, seed, skipped=reason)
    name = f"faults-{uuid4().hex[:8]}"
    with ExitStack() as ending:
        folder = Path(ending.enter_context(TemporaryDirectory(prefix=f"crm-{name}-", ignore_cleanup_errors=True)))
        of = servers.database(name, on_a_small_disk=fault.on_a_small_disk)
        database, small_disk = ending.enter_context(of)
        troubled = servers.behind_the_door(database)
        stage = ending.enter_context(on_stage(name, database, servers.kafka_address, folder, troubled=troubled))
        scene = Scene(seed, Random(f"{fault.name}/{seed}"), stage, servers, small_disk)
        seconds = _story(fault, scene)
        return Outcome(fault.name, seed, seconds, wrong_in(scene, folder), commands=len(scene.customers.answers))


def _story(fault: Fault, scene: Scene) -> float:
    """Play from the first command to the last event; return the seconds from the fault's end until all caught up."""
    for part in ("serve", "relay", "project"):
        scene.enter(part)
    scene.at_work()
    url = scene.cast["serve"].url
    asking = over_http(url, outages=fault.outages, wrong_clocks=fault.wrong_clocks)
    with asking as ask, load(ask, customers=CUSTOMERS, pause=PAUSE) as customers:
        with scene.with_customers(customers):
            scene.a_while(10, 40)
            scene.folded()
            fault.strike(scene)
            customers.enough.set()
            ended = monotonic()
            fault.mend(scene)
            scene.stage.until(customers.done, "an answer to every command")
    scene.stage.until(scene.stage.caught_up, "every reader at the end")
    return monotonic() - ended


def wrong_in(scene: Scene, folder: Path) -> dict[str, list[str]]:
    """Return the violations by invariant."""
    stage, customers = scene.stage, scene.customers
    facts = stage.facts()
    stored = [fact.event_id for fact in facts]
    strange = scene.strange
    records = [as_sent(each) for each in stage.topic() if (each.partition, each.offset) not in strange]
    sent = [record.event_id for record in records]
    times = stage.times_folded()
    stored_and_folded = times.keys() & set(stored)
    judged: dict[str, Callable[[], list[object]]] = {
        "nothing lost": lambda: [
            *lost(customers.answers, facts),
            *gaps(facts),
            *missing(customers.asked, {fact.command_id for fact in facts}),
            *missing(stored, set(sent)),
            *missing(stored, times),
        ],
        "nothing doubled": lambda: [
            *half(facts, customers.asked),
            *unheard_of(set(stored), sent),
            *altered(records),
            *not_once(times, stored_and_folded),
        ],
        "order per customer": lambda: [*out_of_turn(customers.answers), *out_of_order(records)],
        "as a clean run": lambda: [*stage.broken_links(), *unlike_a_clean_run(stage, folder)],
        "as it must": lambda: [*scene.wrong, *unclear(customers)],
    }
    return {name: [str(each) for each in of()] for name, of in judged.items()}


def unclear(customers: Load) -> list[str]:
    """List answers that say no more than that something is wrong on our side."""
    return [f"answered with {answer}" for answer in sorted(customers.refusals) if answer[0] and answer not in _CLEAR]


def unlike_a_clean_run(stage: Stage, folder: Path) -> list[str]:
    """List tables with other rows, and another digest of the history."""
    with clean_run(stage.runtime, folder) as clean:
        here, there = rows_of(stage.runtime, stage.engine), rows_of(stage.runtime, clean)
        wrong = [f"{table} has other rows" for table in there if here[table] != there[table]]
        if digest_of(stage.engine) != digest_of(clean):
            wrong.append("the history has another digest")
    return wrong

"""Writers, relays and projectors killed at random, all at once; a failure is repeated with `CRM_FAULT_SEEDS=seed`."""

import os
from contextlib import nullcontext
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest

from crm_eventlog.tables import checkpoints, counters, relay_checkpoints
from crm_local.server import free_ports
from tests.faults.checks import gaps, half, lost, not_once
from tests.faults.clean_run import clean_run, digest_of
from tests.faults.load import load, over_http
from tests.faults.stage import Process, Stage
from tests.faults.test_relay import wrong_on_the_topic

pytestmark = [pytest.mark.fault]
SEEDS = [int(seed) for seed in os.environ.get("CRM_FAULT_SEEDS", "2,5").split(",")]
SETTINGS = {"relay_batch": 20, "project_batch": 20}
CAST = ("serve", "relay", "relay", "project", "project")
# What each changes last in its step: held, it has done all the rest.
LAST = {"serve": counters, "relay": relay_checkpoints, "project": checkpoints}
CUSTOMERS = {"customers": 4, "complaints": 15}
COMMANDS = 4 * 15 * 3
AHEAD = 40


class Blow(NamedTuple):
    """After so many answers this one of the cast is killed, perhaps at the end of a step."""

    answers: int
    victim: int
    at_the_end_of_a_step: bool


def plan_of(seed: int) -> list[Blow]:
    """The writer, both relays and one projector are killed, in any order, before the load ends."""
    random = Random(seed)
    victims = [0, 1, 2, random.choice((3, 4))]
    random.shuffle(victims)
    moments = sorted(random.sample(range(COMMANDS * 8 // 10), k=len(victims)))
    return [Blow(answers, victim, random.random() < 0.5) for answers, victim in zip(moments, victims, strict=True)]


@pytest.mark.parametrize("seed", SEEDS)
def test_whoever_is_killed_whenever_nothing_is_lost_and_nothing_is_doubled(
    stage: Stage, tmp_path: Path, seed: int
) -> None:
    plan = plan_of(seed)
    print(f"CRM_FAULT_SEEDS={seed}: of {CAST} are killed: {plan}")
    (port,) = free_ports(1)

    def enter(part: str) -> Process:
        return stage.launch(part, port=port if part == "serve" else 0, **SETTINGS)

    def keeps_up() -> bool:
        return stage.stored() < stage.relayed() + AHEAD

    playing = [enter(part) for part in CAST]
    stage.until(lambda: all(each.at_work() for each in playing), "everybody at work")
    with over_http(playing[0].url) as ask, load(ask, **CUSTOMERS, may_go_on=keeps_up) as customers:
        for blow in plan:
            stage.until(lambda least=blow.answers: len(customers.answers) >= least, f"{blow.answers} answers")
            part = CAST[blow.victim]
            with stage.held(LAST[part]) if blow.at_the_end_of_a_step else nullcontext():
                playing[blow.victim].kill()
            playing[blow.victim] = enter(part)
        stage.until(customers.done, "an answer to every command")
    stage.until(stage.all_relayed, "everything on the topic")
    stage.until(lambda: stage.folded() == stage.stored(), "everything folded")

    facts = stage.facts()
    assert lost(customers.answers, facts) + half(facts, customers.asked) + gaps(facts) == []
    assert stage.broken_links() == []
    assert wrong_on_the_topic(stage) == []
    assert not_once(stage.times_folded(), {fact.event_id for fact in facts}) == []
    with clean_run(stage.works, tmp_path) as clean:
        assert digest_of(stage.engine) == digest_of(clean)

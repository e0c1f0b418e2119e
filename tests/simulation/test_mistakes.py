"""The simulation finds what it is there to find: each known mistake, soon, and in a story of a few steps."""

import pytest

from tests.simulation.explore import Failure, shortened
from tests.simulation.mistakes import MISTAKES
from tests.simulation.run import run_seed
from tests.simulation.world import Parts

pytestmark = [pytest.mark.fault]
SEEDS = range(1, 151)
STEPS = 15
LOOKS_LIKE = {
    "a command is not idempotent": ("never asked", "commands instead of one"),
    "the relay's checkpoint comes before the acknowledgement": ("was never sent",),
    "the relay is not fenced": ("went back",),
    "the checkpoint comes before the rows": ("is lost",),
    "positions that were sent again are not known": ("is shown 2 times",),
    "a policy's command has a new id every time": ("commands instead of one",),
}


def first_failure(parts: Parts) -> Failure:
    for seed in SEEDS:
        run = run_seed(seed, parts)
        if run.wrong:
            return shortened(seed, run, parts)
    pytest.fail(f"not found within {len(SEEDS)} seeds")


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_known_mistake_is_found_and_told_in_a_few_steps(mistake: str) -> None:
    failure = first_failure(MISTAKES[mistake])

    assert len(failure.trace) < STEPS
    assert any(sign in wrong for wrong in failure.wrong for sign in LOOKS_LIKE[mistake])

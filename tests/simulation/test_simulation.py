"""Seeds that hold, runs that can be repeated, traces that become short."""

import json
import subprocess
import sys

import pytest

from tests.architecture.sources import ROOT
from tests.simulation.__main__ import main
from tests.simulation.decisions import Decision
from tests.simulation.explore import shortened
from tests.simulation.mistakes import MISTAKES
from tests.simulation.run import Run, run_again, run_seed
from tests.simulation.shrink import shrink

pytestmark = [pytest.mark.fault]
SEEDS = range(1, 61)
BUSY = 11
ONE_SEED = f"from tests.simulation.run import run_seed; print(run_seed({BUSY}).trace)"


@pytest.fixture(scope="module")
def runs() -> dict[int, Run]:
    """Return the run of each seed."""
    return {seed: run_seed(seed) for seed in SEEDS}


def test_whatever_is_cut_repeated_reordered_and_killed_every_promise_is_kept(runs: dict[int, Run]) -> None:
    assert [shortened(seed, run) for seed, run in runs.items() if run.wrong] == []


def test_the_seeds_cut_kill_wait_lose_and_repeat(runs: dict[int, Run]) -> None:
    decided = {decision.choice for run in runs.values() for decision in run.decisions}

    assert decided >= {
        "killed",
        "killed after it",
        "cut",
        "cut after it",
        "cut after half of it",
        "cut, and it arrives late",
        "lost acknowledgement",
        "loses its session unnoticed",
        "acknowledged, then taken for dead for 4 turns",
        "gets nothing yet",
        "gets one record",
        "gets older ones again",
        "waits 1 turn",
        "waits 4 turns",
        "waits 15 turns",
    }


def test_a_seed_is_the_same_run_whatever_ran_before(runs: dict[int, Run]) -> None:
    run = runs[BUSY]

    again = run_seed(BUSY)

    assert again == run
    assert len(run.decisions) > 0


def test_a_seed_is_the_same_run_in_every_process(runs: dict[int, Run]) -> None:
    hashes_otherwise = {"PYTHONHASHSEED": "7"}

    printed = subprocess.run(
        [sys.executable, "-c", ONE_SEED], cwd=ROOT, env=hashes_otherwise, capture_output=True, check=True
    )

    assert printed.stdout.decode().strip() == str(runs[BUSY].trace)


def test_a_trace_is_the_run_it_came_from(runs: dict[int, Run]) -> None:
    for run in list(runs.values())[:10]:
        assert run_again(run.trace) == run


def test_a_decision_that_fits_nowhere_any_more_is_passed_over(runs: dict[int, Run]) -> None:
    run = runs[BUSY]

    again = run_again([*run.trace, Decision("nobody", 1, "killed", "nowhere"), Decision("Li", 9_999, "cut", "late")])

    assert again == run


def test_a_trace_becomes_as_short_as_it_can() -> None:
    needed = {3, 17, 40}

    assert shrink(range(100), lambda steps: needed <= set(steps)) == [3, 17, 40]
    assert shrink([1], lambda _: True) == []


def test_the_command_says_how_fast_it_was_and_that_nothing_failed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--seeds", "3", "--json"]) == 0

    printed = capsys.readouterr()
    result = json.loads(printed.out)
    assert (result["seeds"], result["failures"]) == (3, [])
    assert result["seeds_per_minute"] > 0
    assert "3 of 3 seeds" in printed.err


def test_the_command_tells_the_shortest_trace_and_how_to_repeat_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = MISTAKES["positions that were sent again are not known"]
    seed = next(seed for seed in range(1, 200) if run_seed(seed, broken).wrong)
    monkeypatch.setattr("tests.simulation.explore.run_seed", lambda of, _: run_seed(of, broken))
    monkeypatch.setattr("tests.simulation.explore.run_again", lambda steps, _: run_again(steps, broken))

    assert main(["--seed", str(seed)]) == 1

    told = capsys.readouterr().out
    assert "is shown 2 times" in told
    assert f"again: python -m tests.simulation --seed {seed}" in told

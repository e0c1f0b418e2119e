"""SIGKILL of projectors under load: every event is folded once, and the rows are those of a clean run."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from crm_eventlog.tables import checkpoints
from tests.faults.checks import not_once
from tests.faults.clean_run import clean_run, digest_of, rows_of
from tests.faults.load import in_this_process, load
from tests.faults.stage import Stage

pytestmark = [pytest.mark.fault]
SMALL = {"project_batch": 20}
AHEAD = 400


@contextmanager
def customers_and_a_relay(stage: Stage) -> Iterator[None]:
    """Events keep coming, always a little ahead of the projectors, while the block runs; at its end all are folded."""
    ask = in_this_process(stage.works.application)
    with load(ask, customers=4, may_go_on=lambda: stage.stored() < stage.folded() + AHEAD) as customers:
        stage.launch("relay", relay_batch=50)
        yield
        customers.enough.set()
        stage.until(customers.done, "an answer to every command")
    stage.until(stage.all_relayed, "everything on the topic")
    stage.until(lambda: stage.folded() == stage.stored(), "everything folded")


def assert_as_in_a_clean_run(stage: Stage, folder: Path) -> None:
    """Nothing lost, nothing doubled, every row of every read model the same, and one digest."""
    assert not_once(stage.times_folded(), {fact.event_id for fact in stage.facts()}) == []
    with clean_run(stage.works, folder) as clean:
        assert rows_of(stage.works, stage.engine) == rows_of(stage.works, clean)
        assert digest_of(stage.engine) == digest_of(clean)


def test_two_projectors_share_the_partitions_and_one_takes_all_when_the_other_is_killed(
    stage: Stage, tmp_path: Path
) -> None:
    with customers_and_a_relay(stage):
        first, second = (stage.launch("project", **SMALL) for _ in range(2))
        stage.until(lambda: [len(shares) for shares in stage.shares()] == [2, 2], "two projectors that share")
        before = stage.folded()
        stage.until(lambda: stage.folded() > before + AHEAD, "two projectors that get on")
        first.kill()

    assert second.at_work()
    assert [len(shares) for shares in stage.shares()] == [4]
    assert_as_in_a_clean_run(stage, tmp_path)


def test_projectors_that_are_killed_in_the_midst_of_folding_lose_nothing_and_double_nothing(
    stage: Stage, tmp_path: Path
) -> None:
    with customers_and_a_relay(stage):
        for _ in range(2):
            before = stage.folded()
            projectors = [stage.launch("project", **SMALL) for _ in range(2)]
            stage.until(lambda least=before + AHEAD: stage.folded() > least, "projectors that get on")
            # The rows are written, the checkpoint is not.
            with stage.held(checkpoints):
                for each in projectors:
                    each.kill()
        stage.launch("project", **SMALL)

    assert_as_in_a_clean_run(stage, tmp_path)

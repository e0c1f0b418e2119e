"""SIGKILL of the database server under load: every process goes on when it is back, and what was answered is there."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from crm_local.postgres import LocalPostgres
from tests.faults.checks import gaps, half, lost, not_once
from tests.faults.load import load, over_http
from tests.faults.stage import Stage, on_stage
from tests.faults.test_relay import wrong_on_the_topic

pytestmark = [pytest.mark.fault, pytest.mark.needs_postgres]


@pytest.fixture
def postgres(server_folder: Path) -> Iterator[LocalPostgres]:
    with LocalPostgres(server_folder) as server:
        yield server


@pytest.fixture
def stage(postgres: LocalPostgres, kafka_server: str, tmp_path: Path) -> Iterator[Stage]:
    """An empty service on a database server of its own."""
    with on_stage(f"faults-{uuid4().hex[:8]}", postgres.create_database("faults"), kafka_server, tmp_path) as stage:
        yield stage


def test_a_killed_database_loses_nothing_that_was_answered_and_ends_no_process(
    stage: Stage, postgres: LocalPostgres
) -> None:
    playing = [stage.launch(part, relay_batch=20, project_batch=20) for part in ("serve", "relay", "project")]
    stage.until(lambda: all(each.at_work() for each in playing), "everybody at work")

    with over_http(playing[0].url, outages=True) as ask, load(ask, customers=8, complaints=8) as customers:
        for answered in (40, 100):
            stage.until(lambda least=answered: len(customers.answers) >= least, f"{answered} answers")
            postgres.kill()
            postgres.start()
        stage.until(customers.done, "an answer to every command")
    stage.engine.dispose()
    stage.until(stage.all_relayed, "everything on the topic")
    stage.until(lambda: stage.folded() == stage.stored(), "everything folded")

    facts = stage.facts()
    assert all(each.at_work() for each in playing)
    assert lost(customers.answers, facts) + half(facts, customers.asked) + gaps(facts) == []
    assert stage.broken_links() == []
    assert wrong_on_the_topic(stage) == []
    assert not_once(stage.times_folded(), {fact.event_id for fact in facts}) == []

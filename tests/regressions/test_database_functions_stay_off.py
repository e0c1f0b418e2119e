"""The library's database functions lose events for whoever tails the table; we refuse to start with them on."""

import pytest

from shared.eventlog.tests.support.notes import Notes
from tests.regressions.held_open import DEADLINE, gate
from tests.regressions.library import an_event, stock_recorder, tail


def test_with_database_functions_a_tailing_reader_misses_what_commits_late(postgres: str) -> None:
    with (
        stock_recorder(postgres, enable_db_functions=True) as recorder,
        gate(postgres, table="stored_events", column="topic") as (shut, threads),
    ):
        slow = threads.submit(recorder.insert_events, [an_event("slow")])
        shut.wait_for(1, slow)
        recorder.insert_events([an_event()])
        seen = tail(recorder, after=0)
        shut.open()
        slow.result(DEADLINE)

        assert seen == [2]
        assert tail(recorder, after=2) == []


@pytest.mark.parametrize("on", ["yes", "TRUE", "1", "on"])
def test_no_application_starts_with_the_database_functions_on(
    notes: Notes, monkeypatch: pytest.MonkeyPatch, on: str
) -> None:
    monkeypatch.setenv("POSTGRES_ENABLE_DB_FUNCTIONS", on)

    with pytest.raises(RuntimeError, match="loses events"):
        Notes(notes.store)

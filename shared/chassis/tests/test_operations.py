"""Routes for operators: health, readiness with its reasons, metrics."""

from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from uuid import UUID

import pytest

from crm_chassis.lag import PlaceLag, ReaderLag
from crm_chassis.testing import Client, client, command_context
from crm_eventlog.store import Conflict
from shared.chassis.tests.support.notes_service import SERVICE, Note

FULL = "history pauses: 10000 records of 7 keys are parked, which is the limit: look at them with crm parked list"


def test_a_service_without_readers_is_alive_and_ready(notes: Client) -> None:
    assert notes.get("/health/live").json() == {"service": "notes", "version": "unreleased", "alive": True}
    assert notes.get("/health/ready").json() == {"ready": True, "reasons": [], "readers": []}


def test_a_service_has_the_version_of_its_distribution() -> None:
    assert replace(SERVICE, name="chassis").version == version("crm-chassis")


@pytest.mark.parametrize(
    ("lag", "reason"),
    [
        (ReaderLag("history", events=10_001), "history is 10001 events behind; 10000 are tolerated"),
        (
            ReaderLag("history", events=3, stopped=("crm.sales.v1/3: not JSON",)),
            "history stopped at crm.sales.v1/3: not JSON",
        ),
        (
            ReaderLag("history", events=3, parked_records=10_000, parked_keys=7, full=True),
            FULL,
        ),
        (ReaderLag("history", events=0, still=61.0), "history has made no progress for 61 s; 60 are tolerated"),
    ],
)
def test_a_reader_that_lags_stops_or_stands_still_makes_the_service_not_ready(
    tmp_path: Path, lag: ReaderLag, reason: str
) -> None:
    with client(SERVICE, tmp_path, lags=lambda: [lag]) as notes:
        answer = notes.get("/health/ready")

    assert (answer.status_code, answer.json()["reasons"]) == (503, [reason])
    assert answer.json()["readers"][0]["lag_events"] == lag.events


def test_figures_count_requests_by_route_never_by_what_was_asked(tmp_path: Path) -> None:
    with client(SERVICE, tmp_path, lags=lambda: [ReaderLag("history", events=7, stopped=("crm.sales.v1/3",))]) as notes:
        notes.get("/notes", params={"cursor": "bm8"})
        notes.get("/nowhere/13800138000")

        figures = notes.get("/metrics").text

    assert 'crm_http_requests_total{method="GET",route="/notes",service="notes",status="422"} 1.0' in figures
    assert 'crm_http_requests_total{method="GET",route="unmatched",service="notes",status="404"} 1.0' in figures
    assert 'crm_reader_lag_events{reader="history",service="notes"} 7.0' in figures
    assert 'crm_reader_stopped_partitions{reader="history",service="notes"} 1.0' in figures
    assert "13800138000" not in figures


def test_records_set_aside_are_told_of_and_make_nothing_unready(tmp_path: Path) -> None:
    aside = ReaderLag("history", events=0, parked_records=5, parked_keys=2)
    with client(SERVICE, tmp_path, lags=lambda: [aside]) as notes:
        answer = notes.get("/health/ready")

    [told] = answer.json()["readers"]
    assert (answer.status_code, told["parked_records"], told["parked_keys"]) == (200, 5, 2)


def test_a_generation_that_is_gone_is_no_longer_told_of(tmp_path: Path) -> None:
    generations = iter([1, 2])

    def lags() -> list[ReaderLag]:
        place = PlaceLag("history", next(generations), "crm.sales.v1", 3, events=4, seconds=1.5, checkpoint_age=2.0)
        return [ReaderLag("history", events=4, places=(place,))]

    with client(SERVICE, tmp_path, lags=lags) as notes:
        before, after = notes.get("/metrics").text, notes.get("/metrics").text

    where = 'generation="{}",partition="3",reader="history",service="notes",topic="crm.sales.v1"'
    assert f"crm_projection_lag_seconds{{{where.format(1)}}} 1.5" in before
    assert f"crm_projection_lag_seconds{{{where.format(2)}}} 1.5" in after
    assert 'generation="1"' not in after


def test_appends_are_timed_and_those_that_came_second_are_counted(notes: Client) -> None:
    note = notes.command("take-note", {"words": "tea"}).json()["id"]
    with pytest.raises(Conflict):
        of_the_same_version(notes, note)

    figures = notes.get("/metrics").text

    assert 'crm_store_append_seconds_count{service="notes"} 3.0' in figures
    assert 'crm_store_append_conflicts_total{service="notes"} 1.0' in figures


def of_the_same_version(notes: Client, note_id: str) -> None:
    """Execute two decisions based on the same version."""
    application = notes.app.state.application
    first, second = (application.load(Note, UUID(note_id)) for _ in range(2))
    for note in (first, second):
        note.strike()
        application.save(note, context=command_context())

"""For operators: health, readiness with its reasons, figures."""

from pathlib import Path

import pytest
from notes_service import SERVICE

from crm_chassis.testing import Client, client
from crm_chassis.web.metrics import ReaderLag


def test_a_service_without_readers_is_alive_and_ready(notes: Client) -> None:
    assert notes.get("/health/live").json() == {"service": "notes", "version": "0.1.0", "alive": True}
    assert notes.get("/health/ready").json() == {"ready": True, "reasons": [], "readers": []}


@pytest.mark.parametrize(
    ("lag", "reason"),
    [
        (ReaderLag("history", events=10_001), "history is 10001 events behind; 10000 are tolerated"),
        (
            ReaderLag("history", events=3, stopped=("crm.sales.v1/3: not JSON",)),
            "history stopped at crm.sales.v1/3: not JSON",
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

"""The register of who hears what is read from the services, and a stale page is noticed."""

from pathlib import Path

import pytest

from crm_events import EVENTS
from tools import documents


def test_the_register_knows_every_kind_of_listener() -> None:
    listeners = [name for names in documents.register().values() for name in names]

    assert "marketing: open_cases_of_customers" in listeners
    assert "marketing: hand_over_the_message" in listeners
    assert any(name.startswith("loyalty: ") and "_models" not in name for name in listeners)


def test_every_event_reaches_the_history_of_every_service() -> None:
    register = documents.register()

    assert set(register) == set(EVENTS)
    assert [type for type, names in register.items() if documents.HISTORY not in names] == []


def test_a_stale_page_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "event-catalog.md"
    page.write_text("# What was said last year\n", "utf-8")
    monkeypatch.setattr(documents, "CATALOG", page)

    code = documents.main(["--check"])

    assert code == 1
    assert f"stale: {page}" in capsys.readouterr().err

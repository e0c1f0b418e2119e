"""The register of who hears what is read from the services, and a stale page is noticed."""

from pathlib import Path

import pytest

from crm_events import EVENTS
from docs import generate


def test_the_register_knows_every_kind_of_listener() -> None:
    listeners = [name for names in generate.register().values() for name in names]

    assert "marketing: open_cases_of_customers" in listeners
    assert "marketing: hand_over_the_message" in listeners
    assert any(name.startswith("loyalty: ") and "_models" not in name for name in listeners)


def test_every_event_reaches_the_history_of_every_service() -> None:
    register = generate.register()

    assert set(register) == set(EVENTS)
    assert [type for type, names in register.items() if generate.HISTORY not in names] == []


def test_a_stale_page_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "event-catalog.md"
    page.write_text("# What was said last year\n", "utf-8")
    monkeypatch.setattr(generate, "CATALOG", page)

    code = generate.main(["--check"])

    assert code == 1
    assert f"stale: {page}" in capsys.readouterr().err

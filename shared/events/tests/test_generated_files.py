"""The schemas, the AsyncAPI document and the event catalog are what the events say, or are named as stale."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from crm_events import EVENTS
from crm_events.__main__ import PACKAGE, generated_files, main, stale_files
from crm_events.event_catalog import event_catalog_markdown
from crm_events.support import ComplaintFiled


@pytest.fixture
def written(tmp_path: Path) -> Path:
    assert main(["write", "--package", str(tmp_path)]) == 0
    return tmp_path


def test_the_files_in_the_package_are_up_to_date() -> None:
    assert stale_files(generated_files(PACKAGE), PACKAGE) == []


def test_what_was_written_is_up_to_date(written: Path) -> None:
    assert main(["check", "--package", str(written)]) == 0
    assert len(list((written / "schemas").iterdir())) == len(EVENTS)


def test_a_changed_a_missing_and_a_forgotten_file_are_named(written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changed, missing = written / "asyncapi.json", written / "schemas" / f"{ComplaintFiled.TYPE}.json"
    forgotten = written / "schemas" / "crm.support.NeverSaid.v1.json"
    changed.write_text("{}")
    missing.unlink()
    forgotten.write_text("{}")

    code = main(["check", "--package", str(written)])

    assert code == 1
    assert capsys.readouterr().err.splitlines() == [f"stale: {path}" for path in sorted((changed, missing, forgotten))]


def test_writing_brings_stale_files_up_to_date(written: Path) -> None:
    (written / "asyncapi.json").write_text("{}")
    (written / "schemas" / "crm.support.NeverSaid.v1.json").write_text("{}")

    main(["write", "--package", str(written)])

    assert main(["check", "--package", str(written)]) == 0


def test_a_stale_event_catalog_is_named(written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    catalog, consumers = written / "event-catalog.md", written / "consumers.json"
    consumers.write_text(json.dumps({ComplaintFiled.TYPE: ["marketing: open_complaints"]}))
    asked = ["--package", str(written), "--catalog", str(catalog)]
    main(["write", *asked, "--consumers", str(consumers)])

    code = main(["check", *asked])

    assert code == 1
    assert capsys.readouterr().err == f"stale: {catalog}\n"
    assert main(["check", *asked, "--consumers", str(consumers)]) == 0


def test_the_event_catalog_says_who_hears_what() -> None:
    document = event_catalog_markdown({ComplaintFiled.TYPE: {"sales: warn_owner", "marketing: open_complaints"}})

    lines = document.splitlines()

    complaint = next(line for line in lines if line.startswith("| `ComplaintFiled` |"))
    assert complaint.endswith(
        "| `crm.support.v1` | `subject` (note), `text` (note) | marketing: open_complaints, sales: warn_owner |"
    )
    registered = next(line for line in lines if line.startswith("| `CustomerRegistered` |"))
    assert "| `addresses` (contact), `birthday` (identity), `emails` (contact), " in registered
    assert registered.endswith("`form_of_address` (identity), `name` (identity), `phones` (contact) | - |")


def test_the_event_catalog_holds_every_event_in_a_row_of_seven_columns() -> None:
    rows = [line for line in event_catalog_markdown({}).splitlines() if line.startswith("| `")]

    assert len(rows) == len(EVENTS)
    assert {row.replace("\\|", "").count("|") for row in rows} == {8}


@pytest.mark.parametrize("type", EVENTS)
def test_a_schema_file_is_a_draft_2020_12_schema(type: str) -> None:
    schema = json.loads((PACKAGE / "schemas" / f"{type}.json").read_text("utf-8"))

    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == Draft202012Validator.META_SCHEMA["$id"]

"""`crm verify`: every altered fact is found, and named."""

import json
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from cli.tests.crm_command import Crm, run


def verify_json(folder: Path, *, code: int) -> dict[str, Any]:
    result = run("verify", "--json", folder=folder)
    assert result.exit_code == code, result.stdout + result.stderr
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


def spoil(database: Path, statement: str) -> None:
    with sqlite3.connect(database) as db:
        db.execute(statement)
    db.close()


def test_services_at_work_are_verified_with_the_digests_of_the_same_positions(crm: Crm) -> None:
    result = crm("verify", "--json")

    answer = json.loads(result.stdout)
    assert result.exit_code == 0
    assert (answer["at_work"], answer["intact"], answer["same"]) == (True, True, True)


def test_files_at_rest_are_verified_as_they_lie(at_rest: Path) -> None:
    answer = verify_json(at_rest, code=0)

    assert (answer["at_work"], answer["intact"], answer["same"], answer["different"]) == (False, True, True, [])
    assert answer["facts"] >= answer["events"] > 0
    assert len(set(answer["digests"].values())) == 1
    assert "nothing runs" in run("verify", folder=at_rest).stdout


@pytest.mark.parametrize(
    "column",
    ["state = CAST(replace(CAST(state AS TEXT), 'Why', 'Who') AS BLOB)", "metadata = '{}'", "state = 'text'"],
)
def test_an_altered_fact_is_named_by_its_position(at_rest: Path, column: str) -> None:
    with sqlite3.connect(at_rest / "support.db") as db:
        (part, pos) = db.execute("SELECT part, pos FROM events WHERE instr(CAST(state AS TEXT), 'Why')").fetchone()
    db.close()
    spoil(at_rest / "support.db", f"UPDATE events SET {column} WHERE part = {part} AND pos = {pos}")

    answer = verify_json(at_rest, code=1)

    assert answer["findings"] == [{"service": "support", "part": part, "pos": pos, "what": "altered"}]
    assert f"support, partition {part}, position {pos}" in run("verify", folder=at_rest).stdout


def test_the_service_whose_history_differs_is_named(at_rest: Path) -> None:
    spoil(at_rest / "sales.db", "UPDATE customer_history SET actor = 'somebody else'")

    answer = verify_json(at_rest, code=1)

    assert (answer["intact"], answer["same"], answer["different"]) == (True, False, ["sales"])


def test_histories_read_to_different_positions_are_not_compared(at_rest: Path) -> None:
    spoil(at_rest / "loyalty.db", "UPDATE checkpoints SET next_offset = 0 WHERE reader = 'customer_history'")

    answer = verify_json(at_rest, code=3)

    assert (answer["intact"], answer["same"]) == (True, None)
    assert "crm up" in answer["trouble"]


def test_a_file_that_is_no_store_is_said_to_be_none(at_rest: Path) -> None:
    shutil.copy(at_rest / "log.db", at_rest / "marketing.db")

    result = run("verify", folder=at_rest)

    assert result.exit_code == 1
    assert "marketing" in result.stderr


def test_a_folder_of_real_parts_at_rest_says_what_to_start(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()

    result = run("verify", folder=tmp_path)

    assert result.exit_code == 4
    assert "crm up --real" in result.stderr

"""`crm rebuild`: a read model built anew, compared, swapped and swapped back, beside running services."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from typer.testing import Result

from cli.tests.crm_command import MS_CHEN, Crm, run
from crm_cli.services import SERVICES


def query(folder: Path, service: str, statement: str) -> list[Any]:
    with closing(sqlite3.connect(folder / f"{service}.db")) as db, db:
        return db.execute(statement).fetchall()


def rebuild(folder: Path, *words: object) -> Result:
    return run("rebuild", *words, folder=folder)


def rebuild_json(folder: Path, *words: object) -> dict[str, Any]:
    return dict(json.loads(rebuild(folder, *words, "--json").stdout))


def test_a_lost_row_is_found_and_comes_back(at_rest: Path) -> None:
    query(at_rest, "support", "DELETE FROM customer_history WHERE rowid = 1")

    verified, rows = rebuild(at_rest, "support", "customer_history", "--verify"), rebuilt_rows(at_rest)

    assert verified.exit_code == 1
    assert "not the same rows" in verified.stdout
    assert rows["only_new"] == 1
    assert rebuild(at_rest, "support", "customer_history", "--verify").exit_code == 0


def rebuilt_rows(folder: Path) -> dict[str, Any]:
    return dict(rebuild_json(folder, "support", "customer_history")["tables"][0])


def test_every_read_model_of_every_service_comes_out_as_it_is_served(at_rest: Path) -> None:
    wrong = [
        f"{name} {model.name}"
        for name, service in SERVICES.items()
        for model in service.read_models
        if not rebuild_json(at_rest, name, model.name, "--verify")["same"]
    ]

    assert not wrong


@pytest.mark.parametrize("source", ["log", "stores"])
def test_a_rebuild_gives_no_command_and_sends_no_message_and_says_so(at_rest: Path, source: str) -> None:
    counted = "SELECT (SELECT count(*) FROM events), (SELECT count(*) FROM commands), (SELECT count(*) FROM reactions)"
    before = [query(at_rest, name, counted) for name in SERVICES], sorted((at_rest / "mail").iterdir())

    report = rebuild_json(at_rest, "marketing", "customer_history", "--from", source)

    assert (report["commands"], report["effects"], report["same"]) == (0, 0, True)
    assert ([query(at_rest, name, counted) for name in SERVICES], sorted((at_rest / "mail").iterdir())) == before


def test_a_dry_run_tells_what_would_be_done_and_does_nothing(at_rest: Path) -> None:
    intent = rebuild_json(at_rest, "sales", "customer_history", "--dry-run")

    assert (intent["number"], intent["served"]["number"], intent["resumes"]) == (2, 1, False)
    assert intent["total"] == sum(intent["records"].values()) > 0
    assert "nothing was done" in rebuild(at_rest, "sales", "customer_history", "--dry-run").stdout
    assert not [path for path in at_rest.iterdir() if "customer_history_2" in path.name]


def test_one_customer_is_put_right_alone(at_rest: Path) -> None:
    query(at_rest, "support", "UPDATE customer_history SET actor = 'forged'")

    report = rebuild_json(at_rest, "support", "customer_history", "--customer", MS_CHEN)

    assert (report["same"], report["left"]) == (False, ["history_names"])
    assert query(at_rest, "support", "SELECT count(*) FROM customer_history WHERE actor = 'forged'") == [(0,)]
    assert rebuild_json(at_rest, "support", "customer_history", "--customer", UUID(int=99), "--verify")["same"]


def test_the_way_back_serves_the_generation_before(at_rest: Path) -> None:
    query(at_rest, "support", "UPDATE customer_history SET actor = 'of generation 1'")
    rebuild_json(at_rest, "support", "customer_history")

    back = rebuild(at_rest, "support", "customer_history", "--rollback")

    assert "generation 1 (version 1) is served again; 2 is kept" in back.stdout
    assert {row[0] for row in query(at_rest, "support", "SELECT actor FROM customer_history")} == {"of generation 1"}


@pytest.mark.parametrize(
    ("words", "code", "reason"),
    [
        (["support", "nonsense"], 2, "it has cases, customer_history, visits_due"),
        (["support", "customer_history", "--rollback"], 1, "NothingKept"),
        (["support", "customer_history", "--rollback", "--verify"], 2, "choose one of"),
    ],
)
def test_what_cannot_be_done_says_why(at_rest: Path, words: list[str], code: int, reason: str) -> None:
    result = rebuild(at_rest, *words)

    assert (result.exit_code, reason in " ".join(result.output.split())) == (code, True)


def test_services_at_work_go_on_with_the_new_generation(crm: Crm, up: Any) -> None:
    first = json.loads(crm("rebuild", "loyalty", "customer_history", "--json").stdout)
    imported = crm("verify", "--json")
    second = json.loads(crm("rebuild", "loyalty", "customer_history", "--json").stdout)

    assert (first["same"], second["same"]) == (True, True)
    assert second["old"]["number"] == first["served"]
    assert json.loads(imported.stdout)["same"]

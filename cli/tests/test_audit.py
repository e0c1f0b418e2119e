"""`crm audit`: exports, signatures, proofs, topics, and aggregates as they stood."""

import json
import sqlite3
import subprocess
import sys
from hashlib import file_digest
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from cli.tests.crm_command import MS_CHEN, Crm, run
from crm_cli.app import app
from crm_cli.audit.as_of.run import KINDS
from crm_cli.services import SERVICES

SCRIPT = Path(__file__).parents[2] / "docs" / "how-to" / "check_proof.py"


def audit_json(folder: Path, *words: object, code: int = 0) -> dict[str, Any]:
    """Return the answer of `crm audit WORDS --json`."""
    result = run("audit", *words, "--json", folder=folder)
    assert result.exit_code == code, result.stdout + result.stderr
    answer: dict[str, Any] = json.loads(result.stdout or result.stderr)
    return answer


def spoil(database: Path, *statements: str) -> None:
    with sqlite3.connect(database) as db:
        for statement in statements:
            db.execute(statement)
    db.close()


@pytest.fixture
def keys(tmp_path: Path) -> tuple[Path, Path]:
    """Make a private key and its public one."""
    made = CliRunner().invoke(app, ["audit", "keygen", str(tmp_path / "audit.pem"), "--json"])
    again = CliRunner().invoke(app, ["audit", "keygen", str(tmp_path / "audit.pem")])
    assert (made.exit_code, again.exit_code) == (0, 1)
    answer = json.loads(made.stdout)
    return Path(answer["key"]), Path(answer["public_key"])


@pytest.fixture
def signed(at_rest: Path, tmp_path: Path, keys: tuple[Path, Path]) -> list[object]:
    """Sign the stores of five services, and return the options that verify them."""
    file = tmp_path / "checkpoints.jsonl"
    answer = audit_json(at_rest, "sign", "--key", keys[0], "--checkpoints", file)
    assert set(answer["signed"]) == set(SERVICES)
    return ["--checkpoints", file, "--public-key", keys[1]]


@pytest.mark.parametrize("form", ["ndjson", "parquet"])
def test_an_export_accounts_for_every_position(at_rest: Path, tmp_path: Path, form: str) -> None:
    manifest = audit_json(at_rest, "export", "--all", "--format", form, "--out", tmp_path / "out")

    assert manifest["facts"] == audit_json(at_rest, "verify")["facts"]
    for service, part in manifest["services"].items():
        path = tmp_path / "out" / part["file"]
        with path.open("rb") as file:
            assert file_digest(file, "sha256").hexdigest() == part["sha256"]
        if form == "ndjson":
            lines = [json.loads(line) for line in path.read_bytes().splitlines()]
            places = [(*map(int, line["position"].split(":")), line["hash"]) for line in lines]
        else:
            rows = pq.read_table(path).to_pylist()
            places = [(row["part"], row["pos"], row["hash"].hex()) for row in rows]
        with sqlite3.connect(at_rest / f"{service}.db") as db:
            stored = {(p, n, hash.hex()) for p, n, hash in db.execute("SELECT part, pos, hash FROM events")}
        db.close()
        assert len(places) == part["events"] == len(stored) - part["private"]
        assert set(places) <= stored


def test_an_export_of_one_customer_has_nothing_else(at_rest: Path, tmp_path: Path) -> None:
    manifest = audit_json(at_rest, "export", "--customer", MS_CHEN, "--out", tmp_path / "chen")

    keys = [
        json.loads(line)["partitionkey"]
        for file in (tmp_path / "chen").glob("*.ndjson")
        for line in file.read_bytes().splitlines()
    ]
    assert keys == [str(MS_CHEN)] * manifest["events"]
    assert manifest["asked"]["customer_id"] == str(MS_CHEN)
    assert manifest["events"] >= 2
    empty = audit_json(at_rest, "export", "--all", "--to", "2020-01-01", "--out", tmp_path / "before")
    assert empty["facts"] == 0


def test_an_export_is_never_written_over_another_and_appears_complete_or_not_at_all(
    at_rest: Path, tmp_path: Path
) -> None:
    audit_json(at_rest, "export", "--all", "--out", tmp_path / "out")
    before = sorted((path.name, path.read_bytes()) for path in (tmp_path / "out").iterdir())

    again = audit_json(at_rest, "export", "--all", "--out", tmp_path / "out", code=1)
    spoil(at_rest / "support.db", "UPDATE events SET topic = 'Case.Unheard'")
    broken = audit_json(at_rest, "export", "--all", "--out", tmp_path / "broken", code=1)

    assert "exists already" in again["error"]
    assert sorted((path.name, path.read_bytes()) for path in (tmp_path / "out").iterdir()) == before
    assert "support, position" in broken["error"]
    assert not [path for path in tmp_path.iterdir() if path.name.startswith("broken")]


def test_an_export_must_be_told_whose_events(at_rest: Path, tmp_path: Path) -> None:
    assert "--all" in audit_json(at_rest, "export", "--out", tmp_path / "out", code=2)["error"]


def test_services_at_work_are_exported_verified_and_reconciled(crm: Crm, tmp_path: Path) -> None:
    for words in (["export", "--all", "--out", str(tmp_path / "out")], ["verify"], ["reconcile"]):
        result = crm("audit", *words)

        assert result.exit_code == 0, result.stdout + result.stderr


def test_what_was_signed_is_verified_and_signed_once(
    at_rest: Path, signed: list[object], keys: tuple[Path, Path]
) -> None:
    answer = audit_json(at_rest, "verify", *signed)

    assert answer["intact"] is True
    assert set(answer["checkpoints"].values()) == {1}
    assert audit_json(at_rest, "sign", "--key", keys[0], "--checkpoints", signed[1])["signed"] == {}
    assert "recorded and signed" in run("audit", "verify", *signed, folder=at_rest).stdout


def test_a_cut_tail_is_found_by_what_was_signed_though_the_chain_is_without_a_fault(
    at_rest: Path, signed: list[object], keys: tuple[Path, Path]
) -> None:
    with sqlite3.connect(at_rest / "support.db") as db:
        part, n, before = db.execute("SELECT part, pos, prev_hash FROM events ORDER BY pos DESC LIMIT 1").fetchone()
    db.close()
    spoil(
        at_rest / "support.db",
        f"DELETE FROM events WHERE part = {part} AND pos = {n}",
        f"UPDATE counters SET n = {n - 1}, head = x'{before.hex()}' WHERE part = {part}",
    )

    answer = audit_json(at_rest, "verify", *signed, code=1)

    assert audit_json(at_rest, "verify")["intact"] is True
    assert [(each["service"], each["part"]) for each in answer["findings"]] == [("support", part)]
    assert "signed at" in answer["findings"][0]["what"]
    refused = audit_json(at_rest, "sign", "--key", keys[0], "--checkpoints", signed[1], code=1)
    assert refused["findings"] == answer["findings"]
    assert "ALTERED" in run("audit", "verify", *signed, folder=at_rest).stdout


def test_checkpoints_and_keys_that_cannot_be_used_are_refused(
    at_rest: Path, signed: list[object], keys: tuple[Path, Path], tmp_path: Path
) -> None:
    file = Path(str(signed[1]))
    assert "together" in audit_json(at_rest, "verify", "--checkpoints", file, code=2)["error"]
    keys[0].chmod(0o644)
    assert "chmod 600" in audit_json(at_rest, "sign", "--key", keys[0], "--checkpoints", file, code=2)["error"]
    assert "CRM_AUDIT_KEY" in audit_json(at_rest, "sign", "--checkpoints", file, code=2)["error"]
    file.write_bytes(file.read_bytes().replace(b'"facts": ', b'"facts": 1', 1))
    assert "line 1" in audit_json(at_rest, "verify", *signed, code=1)["error"]


def test_the_key_may_come_from_the_environment(
    at_rest: Path, keys: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRM_AUDIT_KEY", keys[0].read_text())

    audit_json(at_rest, "sign", "--checkpoints", tmp_path / "by-environment")

    assert audit_json(at_rest, "verify", "--checkpoints", tmp_path / "by-environment", "--public-key", keys[1])[
        "intact"
    ]


def test_an_event_is_proven_to_somebody_who_has_nothing_of_ours(
    at_rest: Path, signed: list[object], tmp_path: Path
) -> None:
    audit_json(at_rest, "export", "--customer", MS_CHEN, "--out", tmp_path / "out")
    asked = json.loads((tmp_path / "out" / "support.ndjson").read_bytes().splitlines()[0])

    answer = audit_json(at_rest, "prove", asked["id"], *signed, "--out", tmp_path / "proof.json")
    command = [sys.executable, "-I", str(SCRIPT), str(tmp_path / "proof.json"), str(signed[3])]
    good = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    proof = (tmp_path / "proof.json").read_text("utf-8")
    (tmp_path / "proof.json").write_text(proof.replace("Flickers", "Shatters"), "utf-8")
    forged = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)

    assert answer["position"] == asked["position"]
    assert (good.returncode, forged.returncode) == (0, 1)
    assert "Flickers" in good.stdout
    assert "NOT proven" in forged.stderr
    assert (
        "exists already"
        in audit_json(at_rest, "prove", asked["id"], *signed, "--out", tmp_path / "proof.json", code=1)["error"]
    )
    assert "no service" in audit_json(at_rest, "prove", MS_CHEN, *signed, "--out", tmp_path / "none", code=1)["error"]


def test_stores_and_topics_at_rest_agree_until_one_of_them_is_changed(at_rest: Path) -> None:
    assert audit_json(at_rest, "reconcile")["agree"] is True
    spoil(at_rest / "log.db", "UPDATE records SET value = CAST('{}' AS BLOB) WHERE topic = 'crm.support.v1'")

    answer = audit_json(at_rest, "reconcile", code=1)

    wrong = {name: sum(each["wrong"] for each in partitions) for name, partitions in answer["services"].items()}
    assert wrong.pop("support") > 0
    assert not any(wrong.values())
    assert "different from the fact in the store" in run("audit", "reconcile", folder=at_rest).stdout


def test_every_kind_of_aggregate_has_a_name_of_its_own() -> None:
    kinds = [kind for service in SERVICES.values() for kind in service.aggregates]

    assert sorted(kind.__name__ for _, kind in KINDS.values()) == sorted(kind.__name__ for kind in kinds)


def test_every_aggregate_is_shown_as_it_stood(at_rest: Path) -> None:
    shown = set()
    for service in SERVICES:
        with sqlite3.connect(at_rest / f"{service}.db") as db:
            first = "SELECT topic, originator_id FROM events WHERE originator_version = 1"
            streams = db.execute(first).fetchall()
        db.close()
        for topic, id in streams:
            kind = topic.partition(".")[0]
            shown.add(kind)

            now = audit_json(at_rest, "as-of", kind, id)
            before = audit_json(at_rest, "as-of", kind, id, "--at", "2020-01-01", code=1)
            unknown = audit_json(at_rest, "as-of", kind, id, "--known", "2020-01-01", code=1)

            assert (now["existed"], now["later"], before["existed"], unknown["existed"]) == (True, 0, False, False)
            assert now["fields"]
            assert [each["version"] for each in now["facts"]] == list(range(1, len(now["facts"]) + 1))
    assert {"Customer", "Case"} <= shown


def test_an_aggregate_that_never_was_is_said_to_be_none(at_rest: Path) -> None:
    assert "there are" in audit_json(at_rest, "as-of", "Invoice", MS_CHEN, code=2)["error"]
    assert "support has no Case" in audit_json(at_rest, "as-of", "Case", MS_CHEN, code=1)["error"]
    shown = run("audit", "as-of", "customer", MS_CHEN, folder=at_rest)
    assert "陈丽" in shown.stdout

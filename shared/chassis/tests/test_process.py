"""The process of a service, `python -m`: its output and its exit codes."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from crm_chassis.process import main
from crm_chassis.runtime import ServiceRuntime
from crm_chassis.testing import SAID_BY, at_noon, command_context
from crm_eventlog.consumer import count_parked, drop, list_parked
from crm_eventlog.envelope import to_record
from crm_eventlog.log import MemoryLog
from crm_eventlog.log.log import LogRecord
from shared.chassis.tests.support.notes_service import SERVICE, NoteTaken, Settings, TakeNote, notes
from shared.chassis.tests.support.processes import line_with

ROOT = Path(__file__).parents[3]
PROGRAM = """
from crm_chassis.process import main
from shared.chassis.tests.support.notes_service import SERVICE

main(SERVICE)
"""
PATIENCE = 60


@contextmanager
def process(directory: Path, what: str, **variables: str) -> Iterator[subprocess.Popen[str]]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **variables}
    arguments = [sys.executable, "-c", PROGRAM, what]
    with subprocess.Popen(
        arguments, cwd=directory, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as started:
        try:
            yield started
        finally:
            started.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_process_says_where_it_answers_and_ends_in_order_when_told(tmp_path: Path, number: signal.Signals) -> None:
    with process(tmp_path, "run") as started:
        url = str(line_with(started, "at work")["url"])
        answer = httpx.post(f"{url}/commands/take-note", json={"words": "likes tea"}, headers=SAID_BY, timeout=PATIENCE)
        started.send_signal(number)
        line_with(started, "stopped")

        assert (answer.status_code, started.wait(PATIENCE)) == (201, 0)


def test_parts_in_processes_of_their_own_do_the_same_work(tmp_path: Path) -> None:
    with process(tmp_path, "migrate") as migrating:
        assert migrating.wait(PATIENCE) == 0

    with (
        process(tmp_path, "serve") as serving,
        process(tmp_path, "relay") as relaying,
        process(tmp_path, "project") as projecting,
    ):
        url = str(line_with(serving, "at work")["url"])
        for started in (relaying, projecting):
            line_with(started, "at work")
        with httpx.Client(base_url=url, headers=SAID_BY, timeout=PATIENCE) as client:
            position = client.post("/commands/take-note", json={"words": "likes tea"}).json()["position"]
            shown = client.get("/notes", params={"at_least": position}).json()

    assert [note["words"] for note in shown["items"]] == ["likes tea"]


def test_a_database_that_was_never_migrated_is_refused_before_anybody_is_answered(tmp_path: Path) -> None:
    with process(tmp_path, "serve") as started:
        reason = line_with(started, "the process ends")["reason"]
        code = started.wait(PATIENCE)

    assert (reason, code) == ("the database has no tables yet: run python -m crm_notes migrate", 1)


def test_wrong_settings_are_named_without_their_value_and_end_the_process(tmp_path: Path) -> None:
    with process(tmp_path, "serve", CRM_NOTES_HOST="0.0.0.0", CRM_NOTES_PORT="geheim") as started:
        _, errors = started.communicate(timeout=PATIENCE)

    assert started.returncode == 2
    assert "CRM_NOTES_HOST: Value error, 0.0.0.0 is reachable from other machines" in errors
    assert "CRM_NOTES_PORT" in errors
    assert "geheim" not in errors


def test_help_shows_every_part_every_variable_and_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(SERVICE, ["--help"])

    printed = capsys.readouterr().out
    variables = ("CRM_NOTES_DATABASE_URL", "OTEL_EXPORTER_OTLP_ENDPOINT")
    for word in ("serve", "relay", "project", "work", "run", "migrate", *variables, "example:"):
        assert word in printed


def test_what_was_set_aside_is_taken_in_again_by_a_process_of_the_service(tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path}/notes.db", partitions=4)
    runtime = ServiceRuntime.open(SERVICE, settings, MemoryLog(at_noon), at_noon)
    runtime.migrate()
    taken = runtime.application.execute(TakeNote(words="likes tea"), command_context())
    part = int(taken.position.partition(":")[0])
    [fact] = runtime.application.store.read(part, 0, 1)
    key, value, headers = to_record("notes", fact, NoteTaken(note_id=taken.id, words="likes tea"))
    broken = LogRecord("crm.notes.v1", part, 0, key, b"nonsense", (), at_noon())
    runtime.projector.process_batch([broken, LogRecord("crm.notes.v1", part, 1, key, value, headers, at_noon())])
    where = {"CRM_NOTES_DATABASE_URL": settings.database_url, "CRM_NOTES_PARTITIONS": "4"}

    with process(tmp_path, "redrive", **where) as first:
        told, code = line_with(first, "redriven"), first.wait(PATIENCE)
    with runtime.engine.begin() as db:
        drop(db, list_parked(db)[0], by="zhou.min", reason="nonsense", now=at_noon())
    with process(tmp_path, "redrive", **where) as second:
        ended, mended = line_with(second, "stopped"), second.wait(PATIENCE)

    assert (told["still"], told["taken_in"], code) == ("Undecodable", 0, 1)
    assert (ended["keys"], ended["still_waiting"], mended) == (1, 0, 0)
    with runtime.engine.begin() as db:
        assert count_parked(db) == {}
        assert db.execute(select(notes.c.words)).scalars().all() == ["likes tea"]
    runtime.engine.dispose()

"""Answers while the database is down or full: callers can act on them, and nothing is half done."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError, TimeoutError

from crm_chassis.testing import Client, client
from shared.chassis.tests.support.notes_service import SERVICE


@contextmanager
def at_the_database(notes: Client, error: Exception) -> Iterator[None]:
    """Raise this error at every statement."""

    def meet(*_: Any) -> None:
        raise error

    event.listen(notes.engine, "before_cursor_execute", meet)
    yield
    event.remove(notes.engine, "before_cursor_execute", meet)


def a_full_disk() -> OperationalError:
    return OperationalError("INSERT", None, psycopg.errors.DiskFull())


@pytest.mark.parametrize("path", ["/notes", "/commands/take-note"])
def test_a_database_that_does_not_answer_is_503_with_the_time_to_ask_again(notes: Client, path: str) -> None:
    down = OperationalError("SELECT 1", None, psycopg.OperationalError("connection refused"))

    with at_the_database(notes, down):
        answer = notes.get(path) if path == "/notes" else notes.command("take-note", {"words": "tea"})

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:crm:problem:database-unavailable"
    assert notes.get("/notes").status_code == 200


def test_an_outage_is_told_in_the_readers_language_and_without_our_insides(notes: Client) -> None:
    with at_the_database(notes, OperationalError("SELECT secret", None, psycopg.OperationalError("10.0.0.7 refused"))):
        told = notes.get("/notes", headers={"Accept-Language": "zh"}).text

    assert "数据库" in told
    assert "10.0.0.7" not in told
    assert "secret" not in told


def test_connections_that_are_all_taken_are_an_outage_too(notes: Client) -> None:
    with at_the_database(notes, TimeoutError("QueuePool limit of size 20 overflow 20 reached")):
        answer = notes.get("/notes")

    assert (answer.status_code, answer.json()["type"]) == (503, "urn:crm:problem:database-unavailable")
    assert answer.headers["Retry-After"] == "5"


def test_a_full_disk_is_507(notes: Client) -> None:
    with at_the_database(notes, a_full_disk()):
        answer = notes.command("take-note", {"words": "tea"})

    assert (answer.status_code, answer.json()["type"]) == (507, "urn:crm:problem:storage-full")
    assert answer.headers["Retry-After"] == "5"


def test_a_full_sqlite_file_refuses_with_507_and_keeps_what_it_has(tmp_path: Path) -> None:
    with client(SERVICE, tmp_path) as notes:
        kept = notes.command("take-note", {"words": "tea"}).json()

        @event.listens_for(notes.engine, "checkout")
        def narrow(connection: sqlite3.Connection, *_: Any) -> None:
            pages = connection.execute("PRAGMA page_count").fetchone()[0]
            connection.execute(f"PRAGMA max_page_count = {pages}")

        answers = [notes.command("take-note", {"words": "x" * 200}) for _ in range(40)]
        stored = notes.store.heads()

    full = [answer for answer in answers if answer.status_code == 507]
    assert full
    assert {answer.status_code for answer in answers} == {201, 507}
    assert sum(n for n, _ in stored.values()) == 1 + len(answers) - len(full)
    assert kept["position"]


def test_a_statement_of_ours_that_is_wrong_is_no_outage(notes: Client) -> None:
    with notes.engine.begin() as db:
        db.exec_driver_sql("DROP TABLE notes")

    answer = notes.get("/notes")

    assert (answer.status_code, answer.json()["type"]) == (500, "urn:crm:problem:unexpected")
    assert "Retry-After" not in answer.headers
    assert "no such table" not in answer.text

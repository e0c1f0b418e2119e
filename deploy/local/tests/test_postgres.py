"""A real PostgreSQL: synced, with connections to spare, a password, and data that survive a stop and a crash."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from crm_local import LocalPostgres
from crm_local.databases import answers, database_url, drop_database
from crm_local.pytest_plugin import PostgresServer


@pytest.fixture
def a_note_in_a_database(server_folder: Path) -> Iterator[tuple[LocalPostgres, str]]:
    with LocalPostgres(server_folder / "postgres") as postgres:
        url = postgres.create_database("notes")
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE note AS SELECT 'call Ms Chen' AS words")
        yield postgres, url


@pytest.mark.parametrize("end", [LocalPostgres.stop, LocalPostgres.stop_immediately, LocalPostgres.kill])
def test_what_was_committed_is_there_after_the_server_ended(
    a_note_in_a_database: tuple[LocalPostgres, str], end: Callable[[LocalPostgres], None]
) -> None:
    postgres, url = a_note_in_a_database

    end(postgres)
    silent = not answers(url)
    with LocalPostgres(postgres.folder), psycopg.connect(url) as connection:
        words = connection.execute("SELECT words FROM note").fetchone()

    assert silent
    assert words == ("call Ms Chen",)


def test_a_database_is_created_once(a_note_in_a_database: tuple[LocalPostgres, str]) -> None:
    postgres, url = a_note_in_a_database

    again = postgres.create_database("notes")

    assert again == url


def test_who_does_not_know_the_password_stays_outside(a_note_in_a_database: tuple[LocalPostgres, str]) -> None:
    _, url = a_note_in_a_database

    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(url.replace("postgres:", "postgres:x"))


def test_the_server_syncs_to_disk_and_has_room_for_many_sessions(postgres_server: PostgresServer) -> None:
    with psycopg.connect(postgres_server.url) as connection:
        assert connection.execute("SHOW fsync").fetchone() == ("on",)
        assert connection.execute("SELECT current_setting('max_connections')::int >= 300").fetchone() == (True,)


def test_a_fresh_database_is_empty_and_nobody_elses(fresh_database: Callable[[], str]) -> None:
    mine, yours = fresh_database(), fresh_database()

    with psycopg.connect(mine, autocommit=True) as connection:
        connection.execute("CREATE TABLE note (words text)")

    with psycopg.connect(yours) as connection:
        assert connection.execute("SELECT to_regclass('note')").fetchone() == (None,)


def test_a_dropped_database_is_gone_although_somebody_is_connected(postgres_server: PostgresServer) -> None:
    url = postgres_server.fresh_database()

    with psycopg.connect(url):
        drop_database(postgres_server.url, url.rpartition("/")[2])

    assert not answers(url)


def test_a_server_that_stays_is_left_as_it_was_found(postgres_server: PostgresServer) -> None:
    with ExitStack() as leaving:
        url = PostgresServer(postgres_server.url, leaving).fresh_database()
        there = answers(url)

    assert there
    assert not answers(url)


def test_another_database_is_reached_by_the_same_words() -> None:
    assert database_url("postgresql://u:p@h:1/postgres?sslmode=off", "x") == "postgresql://u:p@h:1/x?sslmode=off"

"""The engine behind a store: safe settings, writers in turn, readers that never wait, and errors without data."""

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError

from crm_eventlog.store import open_engine
from crm_eventlog.store.engine import reading

PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "busy_timeout": 30_000, "foreign_keys": 1}
SECRET = "+86 139"


def test_a_sqlite_file_is_made_where_its_folder_was_missing_and_set_up_to_lose_nothing(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'a' / 'b' / 'notes.db'}", pool_size=3)

    with engine.connect() as db:
        found = {name: db.exec_driver_sql(f"PRAGMA {name}").scalar() for name in PRAGMAS}

    assert found == PRAGMAS
    assert (tmp_path / "a" / "b" / "notes.db").exists()
    assert (engine.pool.size(), engine.pool._max_overflow) == (3, 3)  # type: ignore[attr-defined]
    engine.dispose()


def test_an_error_repeats_no_parameter(database_url: str) -> None:
    engine = open_engine(database_url)
    with engine.begin() as db:
        db.execute(text("CREATE TABLE phones (number TEXT PRIMARY KEY)"))

    with engine.begin() as db:
        twice = [{"number": SECRET}, {"number": SECRET}]
        with pytest.raises(IntegrityError) as broken:
            db.execute(text("INSERT INTO phones VALUES (:number)"), twice)

    assert "[SQL parameters hidden" in str(broken.value)
    engine.dispose()


def test_writers_of_a_file_take_turns_and_a_reader_waits_for_nobody(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'notes.db'}")
    order: list[str] = []
    begun = threading.Event()

    def write_second() -> None:
        begun.set()
        with engine.begin():
            order.append("second")

    with engine.begin() as db:
        db.execute(text("CREATE TABLE told (word TEXT)"))
        second = threading.Thread(target=write_second)
        second.start()
        begun.wait(10)
        second.join(0.05)
        with reading(engine) as other:
            assert other.execute(text("SELECT count(*) FROM sqlite_master")).scalar() == 0
        # Another process takes no turns. The file is locked from the beginning of the transaction.
        stranger = sqlite3.connect(tmp_path / "notes.db", timeout=0, isolation_level=None)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            stranger.execute("BEGIN IMMEDIATE")
        stranger.close()
        order.append("first")
    second.join(10)

    assert order == ["first", "second"]
    engine.dispose()


def test_a_turn_is_given_back_however_a_transaction_ends(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'notes.db'}")
    with engine.connect() as db:
        db.connection.driver_connection.execute("PRAGMA busy_timeout=0")  # type: ignore[union-attr]
    stranger = sqlite3.connect(tmp_path / "notes.db", isolation_level=None)
    stranger.execute("BEGIN IMMEDIATE")

    for _ in range(2):
        with pytest.raises(OperationalError, match="locked"), engine.begin():
            pass
    stranger.close()
    with pytest.raises(ZeroDivisionError), engine.begin():
        raise ZeroDivisionError
    with engine.begin() as db:
        assert db.execute(text("SELECT 1")).scalar() == 1
    engine.dispose()


@pytest.mark.needs_postgres
def test_a_schema_is_searched_before_the_roles_own(fresh_database: Callable[[], str]) -> None:
    url = fresh_database()
    plain, of_schema = open_engine(url, pool_size=2), open_engine(url, schema="kept")

    with plain.connect() as db:
        assert db.scalar(text("SHOW search_path")) == '"$user", public'
    with of_schema.connect() as db:
        assert db.scalar(text("SHOW search_path")) == 'kept,"$user",public'

    assert (plain.dialect.driver, plain.pool.size(), of_schema.pool.size()) == ("psycopg", 2, 20)  # type: ignore[attr-defined]
    plain.dispose()
    of_schema.dispose()

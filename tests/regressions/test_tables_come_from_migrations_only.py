"""The library makes its tables when an application is constructed; we do so in migrations and nowhere else."""

import ast
import sqlite3
from pathlib import Path

from eventsourcing.application import Application
from sqlalchemy import inspect

from crm_eventlog.store import open_engine, open_store
from shared.eventlog.tests.support.notes import PARTITIONS, Notes
from tests.architecture.sources import Module, modules


def test_the_librarys_application_makes_tables_when_it_is_constructed(tmp_path: Path) -> None:
    path = tmp_path / "library.db"

    Application(env={"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(path)}).close()

    with sqlite3.connect(path) as db:
        assert db.execute("SELECT name FROM sqlite_master WHERE name = 'stored_events'").fetchall()


def test_our_application_makes_nothing_when_it_is_constructed(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'ours.db'}")

    Notes(open_store(engine, source="notes", partitions=PARTITIONS))

    assert inspect(engine).get_table_names() == []
    engine.dispose()


def test_every_application_of_ours_is_built_without_the_librarys_persistence() -> None:
    def environments(module: Module) -> list[str]:
        texts = [node.value for node in ast.walk(module.tree) if isinstance(node, ast.Constant)]
        return [text for text in texts if isinstance(text, str) and text.startswith("eventsourcing.")]

    found = {
        name for module in modules("shared/*/src/**/*.py", "services/*/src/**/*.py") for name in environments(module)
    }

    assert found == {"eventsourcing.popo"}

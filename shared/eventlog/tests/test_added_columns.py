"""Columns that newer code adds to a read model: the table changes, the rows stay, nothing is rebuilt."""

from collections.abc import Sequence

import pytest
from sqlalchemy import Column, Connection, Engine, Index, Integer, MetaData, Table, Text, Uuid, inspect, select

from crm_eventlog.envelope import CloudEvent
from crm_eventlog.migrate import migrate
from crm_eventlog.projection import ColumnNeedsRebuild, Projector, ReadModel, insert_or_ignore
from shared.eventlog.tests.support.notes import NOON, PARTITIONS, TOPIC, parse
from shared.eventlog.tests.support.records import record


def model_of(*columns: Column[object], index: str | None = None) -> ReadModel:
    """Return a read model of notes with these columns beside its own."""
    rest = [Index("notes_by_it", index)] if index else []
    notes = Table("notes_seen", MetaData(), Column("event_id", Uuid, primary_key=True), *columns, *rest)

    def project(events: Sequence[CloudEvent], db: Connection) -> None:
        insert_or_ignore(db, notes, [{"event_id": event.id} for event in events])

    return ReadModel("notes_seen", 1, (notes,), frozenset({TOPIC}), project)


def projector_of(engine: Engine, model: ReadModel) -> Projector:
    return Projector(engine, [model], parse, lambda: NOON, partitions=PARTITIONS)


@pytest.fixture
def with_two_rows(engine: Engine) -> Engine:
    """Create a served read model with two rows, as older code left it."""
    migrate(engine, partitions=PARTITIONS)
    older = projector_of(engine, model_of())
    older.prepare()
    older.process_batch([record(0, text="a"), record(1, text="b")])
    return engine


def test_a_nullable_column_and_one_with_a_default_are_added_and_the_rows_stay(with_two_rows: Engine) -> None:
    newer = model_of(Column("remark", Text), Column("priority", Integer, nullable=False, server_default="2"))
    projector = projector_of(with_two_rows, newer)

    projector.prepare()
    projector.process_batch([record(2, text="c")])

    (table,) = newer.tables
    with with_two_rows.connect() as db:
        rows = db.execute(select(table.c.remark, table.c.priority)).all()
    assert [tuple(row) for row in rows] == [(None, 2)] * 3
    assert projector.positions()[TOPIC, 0] == 3
    projector_of(with_two_rows, newer).prepare()


def test_an_index_on_what_was_added_is_made_too(with_two_rows: Engine) -> None:
    newer = model_of(Column("priority", Integer), index="priority")

    projector_of(with_two_rows, newer).prepare()

    assert [index["name"] for index in inspect(with_two_rows).get_indexes("notes_seen")] == ["notes_by_it"]


def test_a_column_that_old_rows_cannot_do_without_asks_for_another_version(with_two_rows: Engine) -> None:
    newer = model_of(Column("priority", Integer, nullable=False))

    with pytest.raises(ColumnNeedsRebuild, match=r"notes_seen\.priority.*server_default.*version"):
        projector_of(with_two_rows, newer).prepare()

    assert [column["name"] for column in inspect(with_two_rows).get_columns("notes_seen")] == ["event_id"]

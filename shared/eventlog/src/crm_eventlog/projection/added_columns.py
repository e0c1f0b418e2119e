"""Columns that a newer version of the code adds to a read model: a change of the table, not a rebuild."""

from sqlalchemy import Column, Connection, Table, inspect, text
from sqlalchemy.schema import CreateColumn

from crm_eventlog.projection.read_model import ReadModel


class ColumnNeedsRebuild(Exception):
    """An added column that old rows need a value for. The version of the read model must rise."""

    def __init__(self, model: str, column: str) -> None:
        super().__init__(
            f"{model}: rows written before have no {column}. Make it nullable, give it a server_default, "
            "or raise the version of the read model, which rebuilds it."
        )


def add_missing_columns(db: Connection, model: ReadModel) -> list[str]:
    """Add the missing columns and indexes to the served tables. Return the added columns as `table.column`.

    Existing rows get the column's server default, or NULL. Raise `ColumnNeedsRebuild` for a column that allows neither.
    """
    added = []
    for table in model.tables:
        for column in _missing(db, table):
            if not column.nullable and column.server_default is None:
                raise ColumnNeedsRebuild(model.name, f"{table.name}.{column.name}")
            definition = CreateColumn(column).compile(dialect=db.dialect)
            name = db.dialect.identifier_preparer.format_table(table)
            db.execute(text(f"ALTER TABLE {name} ADD COLUMN {definition}"))
            added.append(f"{table.name}.{column.name}")
        for index in table.indexes:
            index.create(db, checkfirst=True)
    return added


def _missing(db: Connection, table: Table) -> list[Column[object]]:
    there = {each["name"] for each in inspect(db).get_columns(table.name)}
    return [column for column in table.columns if column.name not in there]

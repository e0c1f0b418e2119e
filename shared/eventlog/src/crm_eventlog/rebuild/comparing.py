"""Comparison of two generations: missing rows, different rows and a digest of each, in one pass."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import sha256
from itertools import islice
from typing import Any

import orjson
from sqlalchemy import Connection, MetaData, Select, String, Table, inspect, select
from sqlalchemy.sql.elements import ColumnElement

_AT_A_TIME = 5_000
_EXAMPLES = 5

Row = tuple[Any, ...]


@dataclass
class TableDifference:
    """The difference between the rows of one table. `examples` are keys of differing rows."""

    table: str
    rows_old: int = 0
    rows_new: int = 0
    only_old: int = 0
    only_new: int = 0
    different: int = 0
    digest_old: str = ""
    digest_new: str = ""
    examples: list[str] = field(default_factory=list)
    # False if the columns changed with the code. Then rows are only counted.
    comparable: bool = True

    @property
    def same(self) -> bool:
        """Return True if both generations have the same rows, byte for byte."""
        return self.comparable and self.digest_old == self.digest_new

    def count(self, one: Row | None, other: Row | None, keys: int) -> None:
        """Count a row of each generation, or of one. Keep a few keys as examples."""
        self.rows_old += one is not None
        self.rows_new += other is not None
        self.only_old += other is None
        self.only_new += one is None
        self.different += one is not None and other is not None and one != other
        if one != other and len(self.examples) < _EXAMPLES:
            self.examples.append(", ".join(map(str, (one or other or ())[:keys])))


def compare(
    old: Connection, new: Connection, tables: Sequence[Table], *, where: tuple[str, object] | None = None
) -> list[TableDifference]:
    """Compare today's tables in both generations. Memory does not grow with the number of rows.

    `where`, a column and a value, restricts the comparison to rows with that value.
    """
    return [_compare(old, new, table, where) for table in tables]


def _compare(old: Connection, new: Connection, table: Table, where: tuple[str, object] | None) -> TableDifference:
    found = TableDifference(table.name)
    if not _alike(old, table):
        found.comparable = False
        found.rows_old, found.digest_old = _counted(old, table.name)
        found.rows_new, found.digest_new = _counted(new, table.name)
        return found
    digests = sha256(), sha256()
    keys = len(table.primary_key)
    for one, other in _pairs(_rows(old, table, digests[0], where), _rows(new, table, digests[1], where), keys):
        found.count(one, other, keys)
    found.digest_old, found.digest_new = (digest.hexdigest() for digest in digests)
    return found


def _pairs(left: Iterator[Row], right: Iterator[Row], keys: int) -> Iterator[tuple[Row | None, Row | None]]:
    """Yield rows of the same key together, and rows of one side alone. Both sides are sorted by key."""
    one, other = next(left, None), next(right, None)
    while one or other:
        if other is None or (one and one[:keys] < other[:keys]):
            yield one, None
            one = next(left, None)
        elif one is None or other[:keys] < one[:keys]:
            yield None, other
            other = next(right, None)
        else:
            yield one, other
            one, other = next(left, None), next(right, None)


def _rows(db: Connection, table: Table, digest: Any, where: tuple[str, object] | None = None) -> Iterator[Row]:
    """Yield the rows in the order of their keys, key columns first, and add each to the digest."""
    query = _in_order(db, table)
    if where is not None:
        query = query.where(table.c[where[0]] == where[1])
    result = db.execute(query.execution_options(yield_per=_AT_A_TIME))
    while chunk := list(islice(result, _AT_A_TIME)):
        for row in chunk:
            digest.update(orjson.dumps(tuple(row), default=_written) + b"\n")
            yield tuple(row)


def _in_order(db: Connection, table: Table) -> Select[Any]:
    keys = list(table.primary_key)
    others = [column for column in table.columns if not column.primary_key]
    return select(*keys, *others).order_by(*(_bytewise(db, key) for key in keys))


def _bytewise(db: Connection, column: Any) -> ColumnElement[Any]:
    """Return the column ordered by bytes, as Python and SQLite order text."""
    ordered: ColumnElement[Any] = column
    if db.dialect.name == "postgresql" and isinstance(column.type, String):
        ordered = column.collate("C")
    return ordered


def _alike(old: Connection, table: Table) -> bool:
    """Return True if the old generation has a table with this name and these columns."""
    seen = inspect(old)
    if not seen.has_table(table.name):
        return False
    return {column["name"] for column in seen.get_columns(table.name)} == set(table.columns.keys())


def _counted(db: Connection, name: str) -> tuple[int, str]:
    """Return the number of rows and the digest of a table whose columns today's code does not know."""
    if not inspect(db).has_table(name):
        return 0, ""
    table = Table(name, MetaData(), autoload_with=db)
    digest, count = sha256(), 0
    for _ in _rows(db, table, digest):
        count += 1
    return count, digest.hexdigest()


def _written(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, bytes):
        return value.hex()
    raise TypeError(type(value).__name__)

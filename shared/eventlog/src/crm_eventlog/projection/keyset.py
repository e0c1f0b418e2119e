"""The sort key of a paged list: its order, the start of a page, and the types of its cursor."""

from typing import Any

from sqlalchemy import Column, Row, Select, UnaryExpression, tuple_
from sqlalchemy.sql.operators import desc_op


class Keyset:
    """The columns that a list is sorted by, all in one direction. Together they identify a row.

    `Keyset(cases.c.opened_at.desc(), cases.c.case_id.desc())` lists the newest first.
    """

    def __init__(self, *columns: Column[Any] | UnaryExpression[Any]) -> None:
        """Take the columns as `order_by` does. Raise ValueError if they differ in direction."""
        descending = {isinstance(each, UnaryExpression) and each.modifier is desc_op for each in columns}
        if len(descending) != 1:
            raise ValueError("the columns of a keyset all ascend or all descend")
        self._order = columns
        self._descending = descending.pop()
        self._columns = [each.element if isinstance(each, UnaryExpression) else each for each in columns]

    @property
    def types(self) -> tuple[type[Any], ...]:
        """Return the Python types of a key, to read it from a cursor."""
        return tuple(column.type.python_type for column in self._columns)

    def page(self, query: Select[Any], *, after: tuple[Any, ...] | None, limit: int) -> Select[Any]:
        """Return the query for at most `limit` rows in order, after the key `after` or from the beginning."""
        query = query.order_by(*self._order).limit(limit)
        if after is None:
            return query
        key, seen = tuple_(*self._columns), tuple_(*after, types=[column.type for column in self._columns])
        return query.where(key < seen if self._descending else key > seen)

    def of(self, row: Row[Any]) -> tuple[Any, ...]:
        """Return the key of a row."""
        return tuple(row._mapping[column.name] for column in self._columns)

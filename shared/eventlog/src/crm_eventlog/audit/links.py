"""The auditor's view of the store: the bytes under the hash chain, straight from the driver."""

import sqlite3
from collections.abc import Iterator
from typing import Any, NamedTuple

import psycopg
from sqlalchemy.exc import DatabaseError

from crm_eventlog.store import EventStore, digest_of

PAGE = 5_000
# A position before any that can be stored.
BEGINNING = -(2**63)
# Databases accept more than a fact may hold: times beyond our calendar, text in a column of bytes, ids in capital
# letters. `sound` is false for those, because their digest would not match the stored bytes.
_POSTGRES = """
SELECT pos, prev_hash, hash,
       recorded_at BETWEEN '0001-01-01 00:00+00' AND '9999-12-31 23:59:59.999999+00' AS sound,
       convert_to(part || ':' || originator_version || ':' ||
                  to_char(recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US+00:00'), 'UTF8'),
       uuid_send(event_id) || uuid_send(originator_id) || uuid_send(partition_key),
       convert_to(topic, 'UTF8'), convert_to(command_id, 'UTF8'), convert_to(metadata, 'UTF8'), state
FROM events WHERE part = %s AND pos > %s ORDER BY pos LIMIT %s
"""
_SQLITE = """
SELECT CASE typeof(pos) WHEN 'integer' THEN pos END, CAST(prev_hash AS BLOB), CAST(hash AS BLOB),
       typeof(part) = 'integer' AND typeof(originator_version) = 'integer' AND typeof(recorded_at) = 'text'
           AND typeof(topic) = 'text' AND typeof(command_id) = 'text' AND typeof(metadata) = 'text'
           AND typeof(state) = 'blob' AND typeof(prev_hash) = 'blob' AND typeof(hash) = 'blob'
           AND length(event_id) = 32 AND length(originator_id) = 32 AND length(partition_key) = 32 AS sound,
       CAST(part || ':' || originator_version || ':' || recorded_at AS BLOB),
       CAST(event_id || originator_id || partition_key AS BLOB),
       CAST(topic AS BLOB), CAST(command_id AS BLOB), CAST(metadata AS BLOB), CAST(state AS BLOB)
FROM events WHERE part = ? AND pos > ? ORDER BY pos LIMIT ?
"""


class Link(NamedTuple):
    """The link of one fact in the chain. `digest` is None if a column holds a value it may not hold."""

    pos: int | None
    prev_hash: bytes
    hash: bytes
    digest: bytes | None


def links(store: EventStore, part: int, *, after: int, upto: int) -> Iterator[list[Link]]:
    """Yield the chain of a partition in pages, between two positions, whatever was done to it."""
    on_sqlite = store.engine.dialect.name == "sqlite"
    statement, as_link = (_SQLITE, _of_sqlite) if on_sqlite else (_POSTGRES, _of_postgres)
    while after < upto:
        rows = rows_of(store, statement, (part, after, PAGE))
        page = [as_link(*row) for row in rows]
        yield [each for each in page if each.pos is None or each.pos <= upto]
        if len(page) < PAGE or page[-1].pos is None:
            return
        after = page[-1].pos


def rows_of(store: EventStore, statement: str, values: tuple[Any, ...]) -> list[Any]:
    """Return all rows of one statement on the driver's own connection."""
    pooled = store.engine.raw_connection()
    try:
        connection: Any = pooled.driver_connection
        if store.engine.dialect.name == "sqlite":
            return list(connection.execute(statement, values).fetchall())
        # In binary mode bytes arrive as bytes, not as digits.
        cursor = connection.cursor(binary=True)
        return list(cursor.execute(statement, values, prepare=True).fetchall())
    except (sqlite3.Error, psycopg.Error) as error:
        # The same error as from any other statement.
        raise DatabaseError(statement, None, error) from error
    finally:
        pooled.close()


def _of_postgres(pos: int, prev_hash: bytes, hash: bytes, sound: bool, *columns: bytes) -> Link:
    return Link(pos, prev_hash, hash, digest_of(*columns) if sound else None)


def _of_sqlite(
    pos: int | None, prev_hash: bytes, hash: bytes, sound: int, fixed: bytes, hexadecimal: bytes, *columns: bytes
) -> Link:
    try:
        ids = bytes.fromhex(hexadecimal.decode())
    except ValueError:
        sound = False
    if not sound or ids.hex().encode() != hexadecimal:
        return Link(pos, prev_hash, hash, None)
    return Link(pos, prev_hash, hash, digest_of(fixed, ids, *columns))

"""The store on PostgreSQL: the counter rows of the touched partitions are the only lock, held for one round trip."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg

from crm_eventlog.store.chain import StoredFact
from crm_eventlog.store.contract import Answer, Conflict, EventStore

_LOCK_HEADS = "SELECT part, n, head FROM counters WHERE part = ANY(%s) ORDER BY part FOR UPDATE"
_APPEND = """
WITH facts AS (
    INSERT INTO events (originator_id, originator_version, topic, state, part, pos, event_id,
                        partition_key, command_id, recorded_at, metadata, prev_hash, hash)
    SELECT * FROM unnest(%s::uuid[], %s::bigint[], %s::text[], %s::bytea[], %s::smallint[], %s::bigint[], %s::uuid[],
                         %s::uuid[], %s::text[], %s::timestamptz[], %s::text[], %s::bytea[], %s::bytea[])
), moved AS (
    UPDATE counters SET n = new.n, head = new.head
    FROM unnest(%s::smallint[], %s::bigint[], %s::bytea[]) AS new(part, n, head) WHERE counters.part = new.part
)
INSERT INTO commands (command_id, fingerprint, aggregate_id, version, position, recorded_at)
VALUES (%s, %s, %s, %s, %s, %s)
"""


class PostgresStore(EventStore):
    """Two round trips a command: lock and read the heads; append, move the heads, keep the answer and commit."""

    @contextmanager
    def _appending(self, parts: Sequence[int]) -> Iterator[tuple[Any, dict[int, tuple[int, bytes]]]]:
        pooled = self.engine.raw_connection()
        try:
            connection: psycopg.Connection[Any] = pooled.driver_connection  # type: ignore[assignment]
            with connection.pipeline() as pipeline, connection.cursor() as cursor:
                cursor.execute(_LOCK_HEADS, (list(parts),), prepare=True)
                heads = {part: (n, head) for part, n, head in cursor.fetchall()}
                yield cursor, heads
                connection.commit()
                pipeline.sync()
        except psycopg.errors.UniqueViolation as error:
            pooled.rollback()
            raise Conflict(str(error.diag.constraint_name)) from error
        finally:
            pooled.close()

    def _write(
        self, cursor: Any, rows: Sequence[StoredFact], heads: Mapping[int, tuple[int, bytes]], answer: Answer
    ) -> None:
        columns = [list(column) for column in zip(*rows, strict=True)]
        moved = [list(heads), [n for n, _ in heads.values()], [head for _, head in heads.values()]]
        cursor.execute(_APPEND, [*columns, *moved, *answer], prepare=True)

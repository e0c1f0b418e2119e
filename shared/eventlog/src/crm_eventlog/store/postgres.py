"""The store on PostgreSQL: one round trip per command, with its partitions' counter rows as the only lock."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import orjson
import psycopg
from sqlalchemy.exc import OperationalError

from crm_eventlog.store.chain import Draft, StoredFact
from crm_eventlog.store.event_store import Conflict, EventStore, StoredResult

# Migration 0005 defines the function.
_APPEND = "SELECT append_facts(%s::json, %s::int, %s, %s, %s::uuid, %s::bigint, %s)"
_READ = """
SELECT originator_id, originator_version, topic, state, part, event_id, partition_key, command_id, recorded_at,
       metadata, pos, prev_hash, hash
FROM events WHERE part = %s AND pos > %s ORDER BY pos LIMIT %s
"""


class PostgresStore(EventStore):
    """A store whose database assigns positions and hashes, so that no lock waits for the network."""

    def read(self, part: int, after: int, limit: int) -> list[StoredFact]:
        """Read straight from the driver, whose types fit already, because this is the relay's hot path."""
        pooled = self.engine.raw_connection()
        try:
            connection: psycopg.Connection[tuple[Any, ...]] = pooled.driver_connection  # type: ignore[assignment]
            return [StoredFact(*row) for row in connection.execute(_READ, (part, after, limit), prepare=True)]
        finally:
            pooled.close()

    def _append(self, drafts: Sequence[Draft], result: StoredResult, answered: int) -> list[int]:
        facts = orjson.dumps([_given(draft) for draft in drafts]).decode()
        command_id, fingerprint, aggregate_id, version, _, recorded_at = result
        values = (facts, answered + 1, command_id, fingerprint, aggregate_id, version, recorded_at)
        try:
            with self._statement_is_transaction() as connection:
                ((positions,),) = connection.execute(_APPEND, values, prepare=True)
        except psycopg.errors.UniqueViolation as error:
            raise Conflict(str(error.diag.constraint_name)) from error
        except psycopg.OperationalError as error:
            # The same error as from any other statement, so that callers that wait for the database wait here too.
            raise OperationalError(_APPEND, None, error) from error
        return positions

    @contextmanager
    def _statement_is_transaction(self) -> Iterator[psycopg.Connection[tuple[list[int]]]]:
        pooled = self.engine.raw_connection()
        connection: psycopg.Connection[tuple[list[int]]] = pooled.driver_connection  # type: ignore[assignment]
        try:
            connection.autocommit = True
            yield connection
        finally:
            if connection.closed:
                # All connections may have been cut together, so the next query gets a new one.
                pooled.invalidate()
                self.engine.dispose(close=False)
            else:
                connection.autocommit = False
            pooled.close()


def _given(draft: Draft) -> dict[str, object]:
    """Return a fact as the SQL function reads it. Values that all facts of a command share are passed once."""
    return {
        "id": draft.originator_id,
        "v": draft.originator_version,
        "topic": draft.topic,
        "state": draft.state.hex(),
        "part": draft.part,
        "event": draft.event_id,
        "key": draft.partition_key,
        "said": draft.metadata,
        "digest": draft.digest().hex(),
    }

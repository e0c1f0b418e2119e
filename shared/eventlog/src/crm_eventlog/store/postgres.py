"""The store on PostgreSQL: one round trip a command, with the counter rows of its partitions as the only lock."""

from collections.abc import Sequence

import psycopg

from crm_eventlog.store.chain import Draft
from crm_eventlog.store.contract import Answer, Conflict, EventStore

# Migration 0001 says what the function does.
_APPEND = """
SELECT append_facts(%s::uuid[], %s::bigint[], %s::text[], %s::bytea[], %s::smallint[], %s::uuid[], %s::uuid[],
                    %s::text[], %s::timestamptz[], %s::text[], %s::bytea[], %s::int, %s, %s, %s::uuid, %s::bigint, %s)
"""


class PostgresStore(EventStore):
    """Positions and hashes are given where the counters are, so that no lock waits for the network."""

    def _append(self, drafts: Sequence[Draft], answer: Answer, answered: int) -> list[int]:
        columns = [list(column) for column in zip(*drafts, strict=True)]
        digests = [draft.digest() for draft in drafts]
        command_id, fingerprint, aggregate_id, version, _, recorded_at = answer
        told = (command_id, fingerprint, aggregate_id, version, recorded_at)
        pooled = self.engine.raw_connection()
        connection: psycopg.Connection[tuple[list[int]]] = pooled.driver_connection  # type: ignore[assignment]
        try:
            # The statement is the transaction.
            connection.autocommit = True
            ((positions,),) = connection.execute(_APPEND, [*columns, digests, answered + 1, *told], prepare=True)
        except psycopg.errors.UniqueViolation as error:
            raise Conflict(str(error.diag.constraint_name)) from error
        finally:
            if not connection.closed:
                connection.autocommit = False
            pooled.close()
        return positions

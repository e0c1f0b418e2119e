"""One digest of a history: services that have read to the same positions have the same, byte for byte."""

from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

import orjson
from sqlalchemy import Connection, func, select

from crm_eventlog.tables import checkpoints, generations
from crm_history.tables import ORDER_KEY, customer_history

_ROWS_AT_A_TIME = 2_000


@dataclass(frozen=True, slots=True)
class Positions:
    """How many events the history holds, and up to which offset of each topic's partitions it has read."""

    count: int
    offsets: dict[str, dict[int, int]]


def digest(db: Connection, customer_id: UUID | None = None) -> str:
    """SHA-256 over every column of every row, customer by customer in the order of their histories.

    A row counts as the JSON array of its columns in the table's order: ids with dashes, times in UTC.
    """
    query = select(customer_history).order_by(customer_history.c.customer_id, *ORDER_KEY, customer_history.c.event_id)
    if customer_id is not None:
        query = query.where(customer_history.c.customer_id == customer_id)
    whole = sha256()
    rows = db.execute(query.execution_options(yield_per=_ROWS_AT_A_TIME))
    for chunk in rows.partitions():
        whole.update(b"\n".join(orjson.dumps(tuple(row)) for row in chunk))
        whole.update(b"\n")
    return whole.hexdigest()


def positions(db: Connection) -> Positions:
    """The count and the positions a digest belongs to, when both are read in one transaction."""
    count = db.scalar(select(func.count()).select_from(customer_history)) or 0
    read = (
        select(checkpoints.c.topic, checkpoints.c.partition, checkpoints.c.next_offset)
        .join(
            generations,
            (checkpoints.c.reader == generations.c.reader) & (checkpoints.c.generation == generations.c.generation),
        )
        .where(checkpoints.c.reader == customer_history.name)
        .order_by(checkpoints.c.topic, checkpoints.c.partition)
    )
    offsets: dict[str, dict[int, int]] = {}
    for topic, partition, offset in db.execute(read):
        offsets.setdefault(topic, {})[partition] = offset
    return Positions(count, offsets)

"""Records as a relay writes them, and the rows and checkpoints that they leave."""

from datetime import timedelta
from uuid import UUID, uuid5

from sqlalchemy import Engine, select

from crm_eventlog.envelope import to_record
from crm_eventlog.log import LogRecord
from crm_eventlog.store import GENESIS, StoredFact
from crm_eventlog.tables import checkpoints
from shared.eventlog.tests.support.notes import NOON, TOPIC, NoteWritten, rows_of

SPACE = UUID(int=99)
LEARNED = NOON + timedelta(hours=3)
METADATA = (
    '{"actor":"li","role":"clerk","unit":"u","channel":"web","occurred_at":"2026-11-02T12:00:00Z","correlation_id":"c"}'
)


def record(offset: int, *, partition: int = 0, text: str = "asks", value: bytes | None = b"-") -> LogRecord:
    """Return a record as the relay would have written it."""
    event_id = uuid5(SPACE, f"{partition}/{offset}")
    customer_id = UUID(int=partition)
    fact = StoredFact(
        event_id, 1, "", b"", partition, event_id, customer_id, "c", LEARNED, METADATA, offset + 1, GENESIS, GENESIS
    )
    key, written, headers = to_record("notes", fact, NoteWritten(note_id=event_id, customer_id=customer_id, text=text))
    return LogRecord(TOPIC, partition, offset, key, written if value == b"-" else value, headers, NOON)


def checkpoint(engine: Engine, partition: int = 0) -> int:
    with engine.connect() as db:
        return db.scalar(select(checkpoints.c.next_offset).where(checkpoints.c.partition == partition))


def seen(engine: Engine) -> set[UUID]:
    return {row[0] for row in rows_of(engine)}


def ids(*offsets: int, partition: int = 0) -> set[UUID]:
    return {uuid5(SPACE, f"{partition}/{offset}") for offset in offsets}

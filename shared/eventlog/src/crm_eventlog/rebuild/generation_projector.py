"""A projector for a generation that is not served yet. It skips records that an operator dropped."""

from collections.abc import Iterator, Set
from typing import Any

from sqlalchemy import Engine, select

from crm_eventlog.envelope import CloudEvent
from crm_eventlog.log import LogRecord
from crm_eventlog.log.headers import unpack
from crm_eventlog.projection import Projector
from crm_eventlog.store.engine import reading
from crm_eventlog.tables import dropped

# Topic, partition, offset.
Spot = tuple[str, int, int]


class GenerationProjector(Projector):
    """A projector that skips the records dropped from any generation of its read model."""

    def __init__(self, *arguments: Any, gone: Set[Spot], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._gone = gone

    def decode(self, record: LogRecord) -> CloudEvent | None:
        return None if record[:3] in self._gone else super().decode(record)


def dropped_offsets(engine: Engine, name: str, *, source: str) -> frozenset[Spot]:
    """Return the offsets of dropped records, as this source counts them."""
    query = select(dropped.c.topic, dropped.c.partition, dropped.c.offset, dropped.c.headers)
    with reading(engine) as db:
        rows = db.execute(query.where(dropped.c.reader == name)).all()
    if source == "log":
        return frozenset((topic, partition, offset) for topic, partition, offset, _ in rows)
    return frozenset((topic, part, pos - 1) for topic, _, _, headers in rows for part, pos in _position(headers))


def _position(headers: bytes) -> Iterator[tuple[int, int]]:
    """Yield the publisher's position, if the record has one."""
    for name, value in unpack(headers):
        part, colon, pos = (value or b"").partition(b":")
        if name == "ce_position" and colon and part.isdigit() and pos.isdigit():
            yield int(part), int(pos)

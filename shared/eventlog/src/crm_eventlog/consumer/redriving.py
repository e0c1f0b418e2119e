"""Redriving of parked records: key by key, each in its order, with the same checks as live processing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from crm_eventlog.consumer.checkpoint import CheckpointConflict, Reader
from crm_eventlog.consumer.errors import format_error, is_transient
from crm_eventlog.consumer.event_consumer import EventConsumer
from crm_eventlog.consumer.parking import (
    Parked,
    Queue,
    first_parked,
    hold,
    note_error,
    queues,
    release,
    still_first,
)
from crm_eventlog.envelope import CloudEvent
from crm_eventlog.store.engine import reading

# Records of a key per transaction.
_AT_ONCE = 128
# Lost races before a redrive gives up.
_TRIES = 20

RedriveCallback = Callable[["Redriven"], None]


@dataclass(frozen=True, slots=True)
class Redriven:
    """The outcome for one key: the number of processed records, and the error of the first that still fails."""

    reader: Reader
    key: str
    taken_in: int
    error: str | None


def redrive(
    consumer: EventConsumer,
    *,
    reader: str | None = None,
    key: str | None = None,
    on_redriven: RedriveCallback = lambda _: None,
) -> list[Redriven]:
    """Redrive every parked key of this consumer, or of one reader, or one key. Report each by `on_redriven`.

    While a key has parked records, new ones queue behind them, so none overtakes. Raise only transient errors.
    """
    with reading(consumer.engine) as db:
        waiting = queues(db, reader=reader, key=key)
    found = []
    for queue in waiting:
        if queue.reader in consumer.topics:
            found.append(_drain(consumer, queue))
            on_redriven(found[-1])
    return found


def _drain(consumer: EventConsumer, queue: Queue) -> Redriven:
    """Process growing batches while all succeed, and one record at a time after an error."""
    taken_in, at_once, lost = 0, 1, 0
    while several := _first(consumer, queue, at_once):
        try:
            error = _try_again(consumer, queue, several)
        except (CheckpointConflict, OperationalError):
            lost += 1
            if lost >= _TRIES:
                raise
            continue
        if error is None:
            taken_in, at_once = taken_in + len(several), min(2 * at_once, _AT_ONCE)
        elif len(several) > 1:
            at_once = 1
        else:
            return Redriven(queue.reader, queue.key, taken_in, error)
    return Redriven(queue.reader, queue.key, taken_in, None)


def _first(consumer: EventConsumer, queue: Queue, limit: int) -> list[Parked]:
    with reading(consumer.engine) as db:
        return first_parked(db, queue, limit)


def _try_again(consumer: EventConsumer, queue: Queue, several: Sequence[Parked]) -> str | None:
    """Process these first records of the key. Return the error, or None."""
    try:
        decoded = [(one, consumer.decode(one.record)) for one in several]
        events = _each_once(decoded)
        fold = consumer.ready(queue.reader, events) if events else None
        with consumer.engine.begin() as db:
            hold(db, queue)
            if not still_first(db, queue, several):
                raise CheckpointConflict("another process redrives this key")
            if fold is not None:
                fold(db)
            _release(db, decoded)
    except Exception as error:
        if is_transient(error):
            raise
        if len(several) == 1:
            with consumer.engine.begin() as db:
                note_error(db, several[0], format_error(error))
        return format_error(error)
    return None


def _each_once(decoded: Sequence[tuple[Parked, CloudEvent | None]]) -> list[CloudEvent]:
    """Return the events without redelivered copies."""
    return list({(event.source, event.id): event for _, event in decoded if event is not None}.values())


def _release(db: Connection, decoded: Sequence[tuple[Parked, CloudEvent | None]]) -> None:
    for one, event in decoded:
        release(db, one, event.pos if event is not None else 0)

"""Taking in again what was set aside: one key after the other, each in its order, under the rules of the checkpoint."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from crm_eventlog.envelope import CloudEvent
from crm_eventlog.projection.checkpoint import Overtaken, Reader
from crm_eventlog.projection.intake import Intake
from crm_eventlog.projection.parking import (
    Parked,
    Queue,
    first_parked,
    hold,
    note_error,
    queues,
    release,
    still_first,
)
from crm_eventlog.projection.trouble import described, passes
from crm_eventlog.store.engine import reading

# So many records of a key at once, in one transaction.
_AT_ONCE = 128
# How often somebody else may be faster before we give up.
_TRIES = 20

Told = Callable[["Redriven"], None]


@dataclass(frozen=True, slots=True)
class Redriven:
    """What became of one key: how many records were taken in, and what the first of the rest fails of."""

    reader: Reader
    key: str
    taken_in: int
    error: str | None


def redrive(
    intake: Intake, *, reader: str | None = None, key: str | None = None, told: Told = lambda _: None
) -> list[Redriven]:
    """Drain every parked key of this intake (or of one reader, or one key) as far as it goes; each is `told`.

    While a key has anything left, what newly arrives for it still queues behind, so nothing overtakes. Raises only
    what passes by itself.
    """
    with reading(intake.engine) as db:
        waiting = queues(db, reader=reader, key=key)
    found = []
    for queue in waiting:
        if queue.reader in intake.topics:
            found.append(_drain(intake, queue))
            told(found[-1])
    return found


def _drain(intake: Intake, queue: Queue) -> Redriven:
    """More records at once while all goes well, one alone where something fails."""
    taken_in, at_once, lost = 0, 1, 0
    while several := _first(intake, queue, at_once):
        try:
            error = _try_again(intake, queue, several)
        except (Overtaken, OperationalError):
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


def _first(intake: Intake, queue: Queue, limit: int) -> list[Parked]:
    with reading(intake.engine) as db:
        return first_parked(db, queue, limit)


def _try_again(intake: Intake, queue: Queue, several: Sequence[Parked]) -> str | None:
    """Take these first records of the key in, or say why they still cannot be."""
    try:
        heard = [(one, intake.hear(one.record)) for one in several]
        events = _each_once(heard)
        fold = intake.ready(queue.reader, events) if events else None
        with intake.engine.begin() as db:
            hold(db, queue)
            if not still_first(db, queue, several):
                raise Overtaken("somebody else redrives this key")
            if fold is not None:
                fold(db)
            _release(db, heard)
    except Exception as error:
        if passes(error):
            raise
        if len(several) == 1:
            with intake.engine.begin() as db:
                note_error(db, several[0], described(error))
        return described(error)
    return None


def _each_once(heard: Sequence[tuple[Parked, CloudEvent | None]]) -> list[CloudEvent]:
    """The events, without what a relay sent again of them."""
    return list({(event.source, event.id): event for _, event in heard if event is not None}.values())


def _release(db: Connection, heard: Sequence[tuple[Parked, CloudEvent | None]]) -> None:
    for one, event in heard:
        release(db, one, event.pos if event is not None else 0)

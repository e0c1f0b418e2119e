"""Taking in again what was set aside: one key after the other, each in its order, under the rules of the checkpoint."""

from dataclasses import dataclass

from crm_eventlog.projection.checkpoint import Overtaken, Reader
from crm_eventlog.projection.intake import Intake
from crm_eventlog.projection.parking import Parked, first_parked, hold, list_parked, note_error, release
from crm_eventlog.projection.trouble import TRANSIENT, described
from crm_eventlog.store.engine import reading


@dataclass(frozen=True, slots=True)
class Redriven:
    """What became of one key: how many records were taken in, and what the first of the rest fails of."""

    reader: Reader
    key: str
    taken_in: int
    error: str | None


def redrive(intake: Intake, *, reader: str | None = None, key: str | None = None) -> list[Redriven]:
    """Drain every parked key of this intake (or of one reader, or one key) as far as it goes.

    While a key has anything left, what newly arrives for it still queues behind, so nothing overtakes.
    """
    with reading(intake.engine) as db:
        waiting = {(one.reader, one.key) for one in list_parked(db, reader=reader, key=key, limit=1_000_000)}
    ours = sorted(place for place in waiting if place[0] in intake.topics)
    return [_drain(intake, of_reader, of_key) for of_reader, of_key in ours]


def _drain(intake: Intake, reader: Reader, key: str) -> Redriven:
    taken_in = 0
    seen: dict[str, int] = {}
    while True:
        with reading(intake.engine) as db:
            one = first_parked(db, reader, key)
        if one is None:
            return Redriven(reader, key, taken_in, None)
        if (error := _try_again(intake, one, seen)) is not None:
            return Redriven(reader, key, taken_in, error)
        taken_in += 1


def _try_again(intake: Intake, one: Parked, seen: dict[str, int]) -> str | None:
    """Take one record in, or note why it still cannot be; `seen` are the positions this drain has taken in by topic."""
    try:
        event = intake.hear(one.record)
        sent_again = event is not None and event.pos <= seen.get(one.record.topic, 0)
        fold = None if event is None or sent_again else intake.ready(one.reader, [event])
        with intake.engine.begin() as db:
            hold(db, one.reader, one.record.partition)
            if first_parked(db, one.reader, one.key) != one:
                raise Overtaken("somebody else redrives this key")
            if fold is not None:
                fold(db)
            release(db, one)
    except TRANSIENT:
        raise
    except Exception as error:  # noqa: BLE001 - still poison: kept, with its reason
        with intake.engine.begin() as db:
            note_error(db, one, described(error))
        return described(error)
    if event is not None:
        seen[one.record.topic] = max(event.pos, seen.get(one.record.topic, 0))
    return None

"""Redriving: parked records are processed in order, once, and none overtakes. Dropped ones keep author and reason."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, delete, select

from crm_eventlog.consumer import Redriven, drop, list_parked, redrive
from crm_eventlog.consumer.checkpoint import CheckpointConflict, Reader
from crm_eventlog.envelope import CloudEvent
from crm_eventlog.projection import Projector, ReadModel
from crm_eventlog.tables import checkpoints, dropped
from shared.eventlog.tests.support.notes import NOON, PARTITIONS, TOPIC, all_notes, parse, project
from shared.eventlog.tests.support.poison import (
    again,
    cannot,
    cured,
    folded,
    mended_notes,
    parked_offsets,
    projector_of,
    reader_of,
    unread,
)
from shared.eventlog.tests.support.records import ids, record, seen

DAY = timedelta(days=1)


def test_a_redrive_takes_a_key_in_by_its_order(one_key_waits: Engine) -> None:
    folded.clear()

    (redriven,) = redrive(projector_of(one_key_waits, cured))

    assert (redriven.taken_in, redriven.error) == (3, None)
    assert folded == [*ids(1), *ids(2), *ids(3)]
    assert parked_offsets(one_key_waits) == []


def test_a_redrive_that_still_fails_leaves_the_key_as_it_is(one_key_waits: Engine) -> None:
    (redriven,) = redrive(projector_of(one_key_waits))

    assert redriven.taken_in == 0
    assert redriven.error.startswith("Unprojectable")
    assert parked_offsets(one_key_waits) == [1, 2, 3]


def test_new_arrivals_never_overtake_what_waits(one_key_waits: Engine) -> None:
    folded.clear()
    mended = projector_of(one_key_waits, cured)

    mended.process_batch([record(4)])
    redrive(mended)
    mended.process_batch([record(5)])

    assert folded == [*ids(1), *ids(2), *ids(3), *ids(4), *ids(5)]


def test_a_redrive_in_the_middle_of_a_batch_sends_the_batch_back(one_key_waits: Engine) -> None:
    rival = projector_of(one_key_waits, cured)

    class Live(Projector):
        """A consumer during whose batch another process redrives the parked key."""

        def ready(self, reader: Reader, events: Sequence[CloudEvent]) -> Any:
            redrive(rival)
            return super().ready(reader, events)

    live = Live(one_key_waits, (mended_notes,), parse, lambda: NOON, partitions=PARTITIONS)
    folded.clear()
    batch = [record(4), record(0, partition=1)]

    with pytest.raises(CheckpointConflict, match="parked or redriven in between"):
        live.process_batch(batch)
    live.process_batch(batch)

    assert [id for id in folded if id not in ids(0, partition=1)] == [*ids(1), *ids(2), *ids(3), *ids(4)]
    assert parked_offsets(one_key_waits) == []


def test_a_redrive_of_other_keys_does_not_hold_up_a_batch(one_key_waits: Engine) -> None:
    rival = projector_of(one_key_waits, cured)

    class Live(Projector):
        """A consumer during whose batch another process redrives another key."""

        def ready(self, reader: Reader, events: Sequence[CloudEvent]) -> Any:
            redrive(rival)
            return super().ready(reader, events)

    live = Live(one_key_waits, (mended_notes,), parse, lambda: NOON, partitions=PARTITIONS)

    live.process_batch([record(0, partition=1)])

    assert ids(0, partition=1) < seen(one_key_waits)
    assert parked_offsets(one_key_waits) == []


def test_many_records_of_a_key_are_taken_in_together_up_to_the_next_that_fails(engine: Engine) -> None:
    behind = [record(offset, text="poison" if offset == 70 else "asks") for offset in range(1, 100)]
    projector_of(engine, cannot).process_batch([record(0), *behind])

    (redriven,) = redrive(projector_of(engine))

    assert (redriven.taken_in, redriven.error) == (70, "Unprojectable: ")
    assert parked_offsets(engine) == [*range(70, 100)]


def test_a_clock_that_is_set_back_changes_no_order(engine: Engine) -> None:
    times = iter([NOON, NOON - DAY, NOON - 2 * DAY])
    model = ReadModel("all_notes", 1, (all_notes,), frozenset({TOPIC}), project)
    projector_of(engine)
    projector = Projector(engine, (model,), parse, lambda: at[0], partitions=PARTITIONS)
    at = [NOON]
    for batch in ([record(0, text="poison")], [record(1)], [record(2)]):
        at[0] = next(times)
        projector.process_batch(batch)
    folded.clear()

    redrive(projector_of(engine, cured))

    assert folded == [*ids(0), *ids(1), *ids(2)]


def test_a_record_sent_again_after_it_was_parked_is_taken_in_once(engine: Engine) -> None:
    projector = projector_of(engine)
    poison = record(0, text="poison")
    projector.process_batch([poison, record(1)])

    projector.process_batch([again(poison, 2), again(record(1), 3)])
    folded.clear()
    redrive(projector_of(engine, cured))

    assert folded == [*ids(0), *ids(1)]
    assert parked_offsets(engine) == []


def test_an_unread_record_that_was_sent_again_is_taken_in_once_whenever_its_copy_comes(engine: Engine) -> None:
    reader_of(engine, unread).process_batch([record(0), again(record(0), 1)])
    mended = reader_of(engine, parse)
    folded.clear()

    redrive(mended)
    mended.process_batch([again(record(0), 2), record(1)._replace(offset=3)])

    assert folded == [*ids(0), *ids(1)]


def test_a_redrive_that_dies_between_a_record_and_its_copy_takes_it_in_once(engine: Engine) -> None:
    reader_of(engine, unread).process_batch([record(0), again(record(0), 1), record(2)])

    class Dies(Projector):
        """A consumer that ends after its first record."""

        def ready(self, reader: Reader, events: Sequence[CloudEvent]) -> Any:
            if folded:
                raise KeyboardInterrupt
            return super().ready(reader, events)

    folded.clear()
    with pytest.raises(KeyboardInterrupt):
        redrive(Dies(engine, (mended_notes,), parse, lambda: NOON, partitions=PARTITIONS))
    redrive(reader_of(engine, parse))

    assert folded == [*ids(0), *ids(2)]


def test_a_generation_that_is_not_served_any_more_is_not_redriven(one_key_waits: Engine) -> None:
    with one_key_waits.begin() as db:
        db.execute(delete(checkpoints))
    folded.clear()
    mended = Projector(one_key_waits, (mended_notes,), parse, lambda: NOON, partitions=PARTITIONS)

    with pytest.raises(CheckpointConflict, match="no longer served"):
        redrive(mended)

    assert folded == []


def test_a_dropped_record_is_accounted_for_and_frees_its_key(one_key_waits: Engine) -> None:
    with one_key_waits.begin() as db:
        drop(db, list_parked(db)[0], by="li.na", reason="a test customer", now=NOON)

    redrive(projector_of(one_key_waits))

    with one_key_waits.connect() as db:
        kept = db.execute(select(dropped.c.offset, dropped.c.dropped_by, dropped.c.reason)).all()
    assert kept == [(1, "li.na", "a test customer")]
    assert seen(one_key_waits) == ids(0, 2, 3)


def test_a_dropped_record_takes_what_was_sent_again_of_it_along(engine: Engine) -> None:
    reader_of(engine, unread).process_batch([record(0), again(record(0), 1), record(2)])
    folded.clear()

    with engine.begin() as db:
        gone = drop(db, list_parked(db)[0], by="li.na", reason="a test customer", now=NOON)
    redrive(reader_of(engine, parse))

    assert (gone, folded) == (2, [*ids(2)])


class Counting(Projector):
    """A consumer that remembers the sizes of its batches, and loses a given number of races."""

    sizes: list[int]
    races = 0

    def ready(self, reader: Reader, events: Sequence[CloudEvent]) -> Any:
        self.sizes.append(len(events))
        if self.races:
            self.races -= 1
            raise CheckpointConflict("somebody was faster")
        return super().ready(reader, events)


def counting(engine: Engine, races: int = 0) -> Counting:
    of = Counting(engine, (mended_notes,), parse, lambda: NOON, partitions=PARTITIONS)
    of.sizes, of.races = [], races
    return of


def test_a_redrive_takes_twice_as_many_each_time_while_all_goes_well(engine: Engine) -> None:
    projector_of(engine, cannot).process_batch([record(offset) for offset in range(400)])
    redriver = counting(engine)

    (redriven,) = redrive(redriver)

    assert (redriven.taken_in, redriven.error) == (400, None)
    assert redriver.sizes == [1, 2, 4, 8, 16, 32, 64, 128, 128, 17]


@pytest.mark.parametrize(("races", "taken_in"), [(19, 3), (20, 0)])
def test_a_redrive_gives_up_after_twenty_lost_races(one_key_waits: Engine, races: int, taken_in: int) -> None:
    redriver = counting(one_key_waits, races)

    if taken_in:
        assert [one.taken_in for one in redrive(redriver)] == [taken_in]
    else:
        with pytest.raises(CheckpointConflict):
            redrive(redriver)
    assert parked_offsets(one_key_waits) == ([] if taken_in else [1, 2, 3])
    assert redriver.sizes[:20] == [1] * 20


def test_what_still_fails_is_noted_with_its_new_reason_and_taken_up_again_there(engine: Engine) -> None:
    projector_of(engine, cannot).process_batch(
        [record(offset, text="poison" if offset == 5 else "asks") for offset in range(9)]
    )
    told: list[Redriven] = []

    (redriven,) = redrive(projector_of(engine), on_redriven=told.append)

    assert told == [redriven] == [Redriven(Reader("all_notes", 1), redriven.key, 5, "Unprojectable: ")]
    with engine.connect() as db:
        assert [(one.record.offset, one.error) for one in list_parked(db)] == [
            (5, "Unprojectable: "),
            (6, None),
            (7, None),
            (8, None),
        ]

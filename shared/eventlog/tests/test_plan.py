"""The plan of one reader for a batch, as a table: events to fold, records to park, checkpoints afterwards."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from crm_eventlog.consumer.checkpoint import Checkpoint, CheckpointConflict, CheckpointMove, Reader
from crm_eventlog.consumer.errors import GapInLog
from crm_eventlog.consumer.parking import ParkedRecord
from crm_eventlog.consumer.plan import DecodedRecord, Plan, plan_for
from crm_eventlog.projection import Projector
from shared.eventlog.tests.support.notes import NOON, PARTITIONS, TOPIC, parse
from shared.eventlog.tests.support.records import record

A, B = Reader("a", 1), Reader("b", 2)
OTHER = "crm.other.v1"


def at(
    offset: int, pos: int | None = None, *, topic: str = TOPIC, partition: int = 0, key: bytes = b"chen"
) -> DecodedRecord:
    """Return a record at an offset, with the event of a position."""
    of = offset if pos is None else pos - 1
    heard = record(of, partition=partition)._replace(offset=offset, topic=topic, key=key)
    return DecodedRecord(heard, intake().decode(heard))


def intake() -> Projector:
    return Projector(None, (), parse, lambda: NOON, partitions=PARTITIONS)  # type: ignore[arg-type]


def marks(next_offset: int, pos: int, *readers: Reader) -> Mapping[Any, Checkpoint]:
    places = [(topic, part) for topic in (TOPIC, OTHER) for part in range(2)]
    return {(reader, *place): Checkpoint(next_offset, pos) for reader in readers or (A,) for place in places}


def planned(
    heard: Sequence[DecodedRecord], stands: tuple[int, int], waiting: set[Any] | None = None
) -> tuple[Any, ...]:
    plan = plan_for(A, {TOPIC}, heard, marks(*stands), waiting or set())
    to_park = [(parked_record.record.offset, parked_record.pos, parked_record.error) for parked_record in plan.to_park]
    return [each.record.offset for each in plan.fresh], to_park, [(s.next_offset, s.pos) for s in plan.steps]


def test_what_was_read_or_has_no_later_position_is_passed_by() -> None:
    assert planned([at(0), at(1), at(2)], (0, 0)) == ([0, 1, 2], [], [(3, 3)])
    assert planned([at(0), at(1), at(2), at(3)], (2, 2)) == ([2, 3], [], [(4, 4)])
    assert planned([at(0), at(1)], (2, 2)) == ([], [], [])
    assert planned([at(5, 2), at(6, 3), at(7, 4), at(8, 4), at(9, 3)], (5, 3)) == ([7], [], [(10, 4)])


def test_an_unknown_event_moves_the_offset_and_no_position() -> None:
    unknown = DecodedRecord(at(5).record, None)

    assert planned([at(4, 9), unknown, at(6, 10)], (4, 8)) == ([4, 6], [], [(7, 10)])
    assert planned([DecodedRecord(at(4).record, None)], (4, 8)) == ([], [], [(5, 8)])


def test_what_cannot_be_read_is_set_aside_at_the_position_before_it() -> None:
    broken = DecodedRecord(at(5).record._replace(key=b"wu"), None, "broken")

    assert planned([at(4, 9), broken, at(6, 10)], (4, 8)) == ([4, 6], [(5, 9, "broken")], [(7, 10)])
    assert planned([broken], (6, 8)) == ([], [], [])


def test_what_waits_holds_its_own_key_in_its_own_partition() -> None:
    heard = [at(4), at(5, key=b"wu"), at(6), at(4, partition=1)]

    fresh, to_park, steps = planned(heard, (4, 4), {(0, "chen"), (1, "wu")})

    assert (fresh, to_park) == ([5, 4], [(4, 5, None), (6, 7, None)])
    assert steps == [(7, 7), (5, 5)]


def test_a_gap_before_what_came_is_named_and_one_within_it_is_none() -> None:
    with pytest.raises(GapInLog, match=r"^crm\.notes\.v1\[1\]: offset 4 was expected, 5 came$"):
        plan_for(A, {TOPIC}, [at(4), at(5, partition=1)], marks(4, 4), set())
    assert planned([at(4), at(9)], (4, 4)) == ([4, 9], [], [(10, 10)])


def test_a_plan_is_of_one_reader_and_its_topics() -> None:
    heard = [at(4), at(4, topic=OTHER), at(4, topic=OTHER, partition=1)]

    plan = plan_for(B, {OTHER}, heard, marks(4, 4, A, B), set())

    assert plan.steps == [CheckpointMove(B, OTHER, part, Checkpoint(4, 4), 5, 5) for part in range(2)]
    assert plan.events == [heard[1].event, heard[2].event]
    assert plan_for(B, set(), heard, {}, set()) == Plan(B)
    with pytest.raises(CheckpointConflict, match=r"^generation 2 of b is no longer served$"):
        plan_for(B, {OTHER}, heard, marks(4, 4, A), set())


def test_the_only_record_of_a_plan_that_failed_is_set_aside_at_its_own_position() -> None:
    plan = plan_for(A, {TOPIC}, [at(4, 9)], marks(4, 4), set())

    plan.failed(ValueError("no"))

    assert plan.to_park == [ParkedRecord(A, at(4, 9).record, 9, "ValueError: no")]

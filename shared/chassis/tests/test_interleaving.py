"""Orders of events for a read model: all that the log may deliver, and no other."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from sqlalchemy import Connection

from crm_chassis.testing import NOON, received
from crm_chassis.testing.interleaving import Batch, interleavings, rows_after
from crm_eventlog.envelope import CloudEvent
from crm_eventlog.projection import insert_or_replace
from shared.chassis.tests.support.notes_service import READ_MODEL, NoteTaken, notes

STORY = [
    received(
        NoteTaken(note_id=UUID(int=n // 2), words=f"note {n}"),
        source=("sales", "support")[n % 2],
        partition_key=UUID(int=n % 3),
        sequence=n,
        time=NOON + timedelta(minutes=n),
    )
    for n in range(8)
]


@given(interleavings(STORY))
def test_the_order_per_publisher_and_customer_holds_and_nothing_is_lost(batches: list[Batch]) -> None:
    heard_in_order = [event for batch in batches for event in batch]

    assert all(batches)
    assert sorted(event.sequence for event in heard_in_order) == list(range(8))
    for lane in {(event.source, event.partition_key) for event in STORY}:
        of_lane = [event.sequence for event in heard_in_order if (event.source, event.partition_key) == lane]
        assert of_lane == sorted(of_lane)


def test_a_read_model_that_believes_the_last_to_arrive_is_found_out() -> None:
    def last_to_arrive(events: Sequence[CloudEvent], db: Connection) -> None:
        for event in events:
            row = {"note_id": event.data.note_id, "words": event.data.words, "taken_at": event.time}
            insert_or_replace(db, notes, [row])

    believing = replace(READ_MODEL, project=last_to_arrive)

    @settings(derandomize=True, database=None)
    @given(interleavings(STORY))
    def converges(batches: list[Batch]) -> None:
        assert rows_after(believing, batches) == rows_after(believing, [STORY])

    with pytest.raises(AssertionError):
        converges()


@given(interleavings([]))
def test_no_events_are_no_trouble(batches: list[Batch]) -> None:
    assert rows_after(READ_MODEL, batches) == {"notes": []}

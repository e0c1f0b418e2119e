"""Orders in which a read model may receive events, and the rows it must show after each of them."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import select

from crm_chassis.testing.builders import database
from crm_eventlog.envelope import CloudEvent
from crm_eventlog.projection import ReadModel

Batch = list[CloudEvent]


@st.composite
def interleavings(draw: st.DrawFn, events: Sequence[CloudEvent]) -> list[Batch]:
    """Draw the events in an order that the log may deliver, cut into batches anywhere.

    Like the log, keep the order per publisher and customer, and no other order.
    """
    lanes: dict[tuple[str, Any], list[CloudEvent]] = defaultdict(list)
    for event in events:
        lanes[event.source, event.partition_key].append(event)
    turns = draw(st.permutations([lane for lane, order in lanes.items() for _ in order]))
    waiting = {lane: iter(order) for lane, order in lanes.items()}
    received = [next(waiting[lane]) for lane in turns]
    cuts = draw(st.sets(st.integers(min_value=1, max_value=max(1, len(received) - 1))))
    bounds = [0, *sorted(cut for cut in cuts if cut < len(received)), len(received)]
    return [received[start:end] for start, end in pairwise(bounds)]


def rows_after(model: ReadModel, batches: Sequence[Batch]) -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows of every table, sorted by their text, after the read model has processed these batches."""
    with database(*model.tables) as db:
        for batch in batches:
            model.project(batch, db)
        return {
            table.name: sorted((tuple(row) for row in db.execute(select(table))), key=repr) for table in model.tables
        }

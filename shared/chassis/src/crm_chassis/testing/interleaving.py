"""Any order a read model may hear events in, and the rows it must show all the same."""

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
    """Draw the events in an order the log may bring them, cut into batches anywhere.

    The log keeps the order per publisher and customer and promises nothing else; so does this strategy.
    """
    lanes: dict[tuple[str, Any], list[CloudEvent]] = defaultdict(list)
    for event in events:
        lanes[event.source, event.partition_key].append(event)
    turns = draw(st.permutations([lane for lane, told in lanes.items() for _ in told]))
    waiting = {lane: iter(told) for lane, told in lanes.items()}
    heard = [next(waiting[lane]) for lane in turns]
    cuts = draw(st.sets(st.integers(min_value=1, max_value=max(1, len(heard) - 1))))
    bounds = [0, *sorted(cut for cut in cuts if cut < len(heard)), len(heard)]
    return [heard[start:end] for start, end in pairwise(bounds)]


def rows_after(model: ReadModel, batches: Sequence[Batch]) -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows of every table, in order of their text, once the read model has taken in these batches."""
    with database(*model.tables) as db:
        for batch in batches:
            model.project(batch, db)
        return {
            table.name: sorted((tuple(row) for row in db.execute(select(table))), key=repr) for table in model.tables
        }

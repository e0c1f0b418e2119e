"""Builders of test values: a fixed clock, ids in sequence, contexts, events and a database with chosen tables."""

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Connection, Table, create_engine

from crm_eventlog.command_context import CommandContext
from crm_eventlog.envelope import CloudEvent
from crm_eventlog.projection import ReadModel
from crm_events import topic_of_publisher

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
PARTITIONS = 4
# A delay between the two clocks, so that no test passes that confuses them.
UNTIL_LEARNED = timedelta(hours=3)


def at_noon() -> datetime:
    """Return the time of the fixed clock: noon of 1 March 2026, UTC."""
    return NOON


def ids_in_sequence() -> Callable[[], str]:
    """Return a source of the same ids in every run: 00000000-0000-0000-0000-000000000001, …2, …3."""
    numbers = count(1)
    return lambda: str(UUID(int=next(numbers)))


def command_context(**changes: Any) -> CommandContext:
    """Return the context of a command by Lin Mei, clerk of the Tianhe store, at noon.

    Each call gets a new `command_id` and is recorded three hours after it occurred, unless `changes` say otherwise.
    """
    context: dict[str, Any] = {
        "command_id": str(uuid.uuid4()),
        "actor": "lin.mei",
        "role": "clerk",
        "unit": "tianhe",
        "channel": "store",
        "occurred_at": NOON,
        "correlation_id": "a-visit",
        **changes,
    }
    return CommandContext(**{"recorded_at": context["occurred_at"] + UNTIL_LEARNED, **context})


def received(event: Any, **changes: Any) -> CloudEvent:
    """Return a public event as a consumer gets it, by Lin Mei at noon. Its id follows from its content.

    It is recorded three hours after `time`, unless `recorded_at` is given. The stream and the partition key are the
    event's `customer_id`, or a constant id, unless they are given.
    """
    kind: str = getattr(event, "TYPE", type(event).__name__)
    key = getattr(event, "customer_id", UUID(int=7))
    attributes: dict[str, Any] = {
        "source": kind.split(".")[1] if kind.count(".") > 1 else "elsewhere",
        "type": kind,
        "subject": key,
        "sequence": 1,
        "time": NOON,
        "partition_key": key,
        "position": "0:1",
        "actor": "lin.mei",
        "role": "clerk",
        "unit": "tianhe",
        "channel": "store",
        "correlation_id": "a-visit",
        "causation_id": None,
        "traceparent": None,
        "data": event,
        **changes,
    }
    attributes.setdefault("recorded_at", attributes["time"] + UNTIL_LEARNED)
    content = f"{attributes['type']}{attributes['subject']}{attributes['sequence']}{attributes['time']}{event!r}"
    attributes.setdefault("id", uuid5(UUID(int=0), content))
    return CloudEvent(**attributes)


@contextmanager
def database(*tables: Table, url: str = "sqlite://") -> Iterator[Connection]:
    """Open a database with these tables only, in one transaction."""
    engine = create_engine(url)
    with engine.begin() as db:
        for table in tables:
            table.create(db, checkfirst=True)
        yield db
    engine.dispose()


def topics_heard(model: ReadModel, events: Sequence[CloudEvent]) -> list[CloudEvent]:
    """Return the events on the topics of a read model."""
    return [event for event in events if topic_of_publisher(event.source) in model.topics]

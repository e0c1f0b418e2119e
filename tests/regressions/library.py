"""eventsourcing's own recorder, which we replaced: for the tests that show why."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any
from uuid import uuid4

from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from sqlalchemy.engine import make_url


@contextmanager
def stock_recorder(url: str, **options: Any) -> Iterator[PostgresApplicationRecorder]:
    """Yield the library's recorder on this database, with its table."""
    at = make_url(url)
    options = {"pool_size": 2} | options
    where = (str(at.database), str(at.host), str(at.port), str(at.username), str(at.password))
    with closing(PostgresDatastore(*where, **options)) as datastore:
        recorder = PostgresApplicationRecorder(datastore, events_table_name="stored_events")
        recorder.create_table()
        yield recorder


def an_event(topic: str = "quick") -> StoredEvent:
    """Return the first event of a stream of its own."""
    return StoredEvent(uuid4(), 1, topic, b"{}")


def tail(recorder: PostgresApplicationRecorder, after: int) -> list[int]:
    """Return what somebody who has read up to `after` finds."""
    return [each.id for each in recorder.select_notifications(after, 10, inclusive_of_start=False)]

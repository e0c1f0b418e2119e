"""The library's own tests of a recorder, as far as they concern streams. A partitioned store has no single sequence."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from eventsourcing.persistence import AggregateRecorder, StoredEvent
from eventsourcing.tests import persistence as cases

from crm_eventlog.store import AppendContext, EventStore
from shared.eventlog.tests.support.notes import context


class Recorder(AggregateRecorder):
    """A store as the library's tests call it: each call is a command of its own."""

    def __init__(self, store: EventStore) -> None:
        self._store = store

    def insert_events(self, stored_events: Sequence[StoredEvent], **_: Any) -> None:
        keys = {event.originator_id: event.originator_id for event in stored_events}
        answer = (stored_events[0].originator_id, 1) if stored_events else (uuid4(), 1)
        self._store.insert_events(stored_events, append_context=AppendContext(context(str(uuid4())), keys, answer))

    def select_events(self, originator_id: Any, **options: Any) -> Sequence[StoredEvent]:
        return self._store.select_events(originator_id, **options)


class Streams(cases.AggregateRecorderTestCase):
    """Atomic appends, conflicts on an existing version, and selection by version in both directions."""

    __test__ = False
    INITIAL_VERSION = 1
    store: EventStore

    def create_recorder(self) -> AggregateRecorder:
        return Recorder(self.store)

    def new_originator_id(self) -> Any:
        return uuid4()


def test_streams_hold_to_the_librarys_own_cases(store: EventStore) -> None:
    case = Streams("test_insert_and_select")
    case.store = store

    case.debug()

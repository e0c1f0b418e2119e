"""The peer of `project.py`: the same row of each event, made by the library's ProjectionRunner."""

import time
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid5

from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from psycopg.sql import SQL

from benchmarks.append import PeerRemark, PeerRemarks, environment_of
from benchmarks.remarks import NOON, TEXT

ROW = (
    "event_id uuid PRIMARY KEY, customer_id uuid NOT NULL, occurred_at timestamptz NOT NULL, "
    "recorded_at timestamptz NOT NULL, source text, stream uuid, version bigint, type text, kind text, channel text, "
    "unit text, actor text, role text, correlation_id text, causation_id text, data text"
)
ORDER = "customer_id, occurred_at, source, stream, version, kind, channel, recorded_at"
_SPACE = UUID(int=1)


class PeerHistory(PostgresTrackingRecorder):
    """The history's table as the library keeps one: row and tracking in one transaction an event."""

    def __init__(self, datastore: Any, **options: Any) -> None:
        super().__init__(datastore, **options)
        self.sql_create_statements += [
            SQL(f"CREATE TABLE IF NOT EXISTS peer_history ({ROW})"),
            SQL(f"CREATE INDEX IF NOT EXISTS peer_history_order ON peer_history ({ORDER})"),
        ]

    def keep(self, row: Sequence[Any], tracking: Tracking) -> None:
        """Insert one row and move the position."""
        marks = ", ".join(["%s"] * len(row))
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            cursor.execute(f"INSERT INTO peer_history VALUES ({marks}) ON CONFLICT DO NOTHING", row, prepare=True)  # noqa: S608


class PeerProjection(Projection[PeerHistory]):
    """Makes the same row of a remark as the customer history does of a touch."""

    name = "peerhistory"

    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        """Keep one row."""
        event_id = uuid5(_SPACE, f"{domain_event.originator_id}/{domain_event.originator_version}")
        row = (
            *(event_id, domain_event.customer_id, NOON, NOON, "contacts", domain_event.originator_id),
            *(domain_event.originator_version, "crm.contacts.CustomerTouched.v1", "touch", "store", "GZ-TIANHE"),
            *("li.na", "clerk", "c", None, domain_event.text),
        )
        self.view.keep(row, tracking)


def rate(url: str, count: int) -> float:
    """Return events a second through the library's runner, started on a full application."""
    environment = environment_of(url)
    remarks = PeerRemarks(env=environment)
    for begin in range(0, count, 500):
        customers = range(begin, begin + 500)
        remarks.save(*(PeerRemark(UUID(int=number + 1), TEXT, "nothing") for number in customers))
    begun = time.perf_counter()
    with ProjectionRunner(
        application_class=PeerRemarks, projection_class=PeerProjection, view_class=PeerHistory, env=environment
    ) as runner:
        runner.wait(count, timeout=300)
        seconds = time.perf_counter() - begun
    remarks.close()
    return count / seconds

"""The points a member can spend on a given day, lot by lot; expired points never show."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Date,
    Index,
    MetaData,
    Row,
    Select,
    Table,
    Text,
    Uuid,
    case,
    func,
    select,
)

from crm_eventlog.columns import Instant
from crm_eventlog.envelope import CloudEvent
from crm_eventlog.projection import Keyset, ReadModel, insert_or_ignore
from crm_events.loyalty import PointsEarned, PointsExpired, PointsRedeemed, PointsTakenBack

points_lots = Table(
    "points_lots",
    MetaData(),
    Column("lot_id", Uuid, primary_key=True),
    Column("customer_id", Uuid, nullable=False),
    Column("points", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("order_id", Uuid),
    Column("case_id", Uuid),
    Column("earned_at", Instant, nullable=False),
    Column("expires_on", Date, nullable=False),
    Index("points_lots_by_expiry", "customer_id", "expires_on", "earned_at", "lot_id"),
)
# Every change of a lot is a row of its own, so that a late report changes no other row and any day can be asked for.
lot_changes = Table(
    "points_lot_changes",
    MetaData(),
    Column("event_id", Uuid, primary_key=True),
    Column("lot_id", Uuid, primary_key=True),
    Column("customer_id", Uuid, nullable=False),
    Column("points", BigInteger, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Index("points_lot_changes_of_customer", "customer_id", "changed_at"),
)
SOONEST_FIRST = Keyset(points_lots.c.expires_on, points_lots.c.earned_at, points_lots.c.lot_id)


class Totals(NamedTuple):
    """The points of all lots: `available` can be spent; `lapsed` are over, but were not declared expired."""

    available: int
    lapsed: int


def project(events: Sequence[CloudEvent], db: Connection) -> None:
    """Keep every lot and all its changes."""
    insert_or_ignore(db, points_lots, [_lot(event) for event in events if isinstance(event.data, PointsEarned)])
    insert_or_ignore(db, lot_changes, [change for event in events for change in _changes(event)])


def totals(db: Connection, customer_id: UUID, *, on: date, until: datetime) -> Totals:
    """Return the points at the end of a day, which is the moment `until`."""
    lots = _lots(customer_id, until).subquery()
    over = lots.c.expires_on < on
    query = select(
        func.coalesce(func.sum(case((over, 0), else_=lots.c.left)), 0),
        func.coalesce(func.sum(case((over, lots.c.left), else_=0)), 0),
    )
    available, lapsed = db.execute(query).one()
    return Totals(int(available), int(lapsed))


def lots(
    db: Connection, customer_id: UUID, *, on: date, until: datetime, after: tuple[Any, ...] | None, limit: int
) -> Sequence[Row[Any]]:
    """Return the lots that can be spent on a day, the soonest to expire first; `after` is a key of `SOONEST_FIRST`."""
    query = _lots(customer_id, until).where(points_lots.c.expires_on >= on)
    return db.execute(SOONEST_FIRST.page(query, after=after, limit=limit)).all()


def _lots(customer_id: UUID, until: datetime) -> Select[Any]:
    """Select the customer's lots of which points were left at this moment."""
    left = (
        select(lot_changes.c.lot_id, func.sum(lot_changes.c.points).label("left"))
        .where(lot_changes.c.customer_id == customer_id, lot_changes.c.changed_at < until)
        .group_by(lot_changes.c.lot_id)
        .subquery()
    )
    return (
        select(points_lots, left.c.left)
        .join(left, left.c.lot_id == points_lots.c.lot_id)
        .where(points_lots.c.customer_id == customer_id, left.c.left > 0)
    )


def _lot(event: CloudEvent) -> dict[str, Any]:
    earned = event.data
    return {
        "lot_id": earned.lot_id,
        "customer_id": earned.customer_id,
        "points": earned.points,
        "reason": earned.reason.value,
        "order_id": earned.order_id,
        "case_id": earned.case_id,
        "earned_at": event.time,
        "expires_on": earned.expires_on,
    }


def _changes(event: CloudEvent) -> Iterator[dict[str, Any]]:
    for lot_id, points in _shares(event.data):
        yield {
            "event_id": event.id,
            "lot_id": lot_id,
            "customer_id": event.data.customer_id,
            "points": points,
            "changed_at": event.time,
        }


def _shares(data: object) -> list[tuple[UUID, int]]:
    match data:
        case PointsEarned():
            return [(data.lot_id, data.points)]
        case PointsExpired():
            return [(data.lot_id, -data.points)]
        case PointsRedeemed() | PointsTakenBack():
            return [(share.lot_id, -share.points) for share in data.from_lots]
        case _:
            return []


READ_MODEL = ReadModel(
    name="balance",
    version=1,
    tables=(points_lots, lot_changes),
    topics=frozenset({"crm.loyalty.v1"}),
    project=project,
)

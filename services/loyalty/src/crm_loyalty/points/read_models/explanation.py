"""The explanation of a balance: every movement of points with its cause, and the balance after it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Date,
    Index,
    Integer,
    MetaData,
    Row,
    Table,
    Text,
    Uuid,
    func,
    select,
)

from crm_eventlog.columns import Instant
from crm_eventlog.envelope import CloudEvent
from crm_eventlog.projection import Keyset, ReadModel, insert_or_ignore
from crm_events.loyalty import PointsEarned, PointsExpired, PointsRedeemed, PointsTakenBack

# `points` with its sign; `sequence` orders what happened at the same moment.
points_movements = Table(
    "points_movements",
    MetaData(),
    Column("event_id", Uuid, primary_key=True),
    Column("customer_id", Uuid, nullable=False),
    Column("happened_at", Instant, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("points", BigInteger, nullable=False),
    Column("reason", Text),
    Column("order_id", Uuid),
    Column("case_id", Uuid),
    Column("return_id", Uuid),
    Column("redemption_id", Uuid),
    Column("rate", Text),
    Column("programme_version", Integer),
    Column("expires_on", Date),
    Column("expired_on", Date),
    Column("shortfall", BigInteger),
    Column("purpose", Text),
    Column("actor", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Index("points_movements_by_time", "customer_id", "happened_at", "sequence"),
)
NEWEST_FIRST = Keyset(points_movements.c.happened_at.desc(), points_movements.c.sequence.desc())
_KINDS: dict[type[object], str] = {
    PointsEarned: "earned",
    PointsTakenBack: "taken_back",
    PointsRedeemed: "redeemed",
    PointsExpired: "expired",
}
_DETAILS = (
    "reason",
    "order_id",
    "case_id",
    "return_id",
    "redemption_id",
    "rate",
    "programme_version",
    "expires_on",
    "expired_on",
    "shortfall",
    "purpose",
)


def project(events: Sequence[CloudEvent], db: Connection) -> None:
    """Keep every movement of points."""
    insert_or_ignore(db, points_movements, [_movement(event) for event in events if type(event.data) in _KINDS])


def of_customer(
    db: Connection, customer_id: UUID, *, until: datetime, after: tuple[Any, ...] | None, limit: int
) -> Sequence[Row[Any]]:
    """Return the movements before a moment, the newest first, each with the `balance` after it.

    The balance adds up in the order in which things happened, so a late report takes its place among the others.
    `after` is a key of `NEWEST_FIRST`.
    """
    in_order = (points_movements.c.happened_at, points_movements.c.sequence)
    balance = func.sum(points_movements.c.points).over(order_by=in_order).label("balance")
    added_up = (
        select(points_movements, balance)
        .where(points_movements.c.customer_id == customer_id, points_movements.c.happened_at < until)
        .subquery()
    )
    newest_first = Keyset(added_up.c.happened_at.desc(), added_up.c.sequence.desc())
    return db.execute(newest_first.page(select(added_up), after=after, limit=limit)).all()


def _movement(event: CloudEvent) -> dict[str, Any]:
    moved = event.data
    details = moved.model_dump(mode="python", include=set(_DETAILS))
    return {
        **dict.fromkeys(_DETAILS),
        **details,
        "event_id": event.id,
        "customer_id": moved.customer_id,
        "happened_at": event.time,
        "recorded_at": event.recorded_at,
        "sequence": event.sequence,
        "kind": _KINDS[type(moved)],
        "points": moved.points if isinstance(moved, PointsEarned) else -moved.points,
        "actor": event.actor,
        "unit": event.unit,
    }


READ_MODEL = ReadModel(
    name="explanation", version=1, tables=(points_movements,), topics=frozenset({"crm.loyalty.v1"}), project=project
)

"""The funnel: the opportunities in each stage, what they should bring, and how many of them go on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    Integer,
    MetaData,
    Row,
    Select,
    Table,
    Text,
    Uuid,
    and_,
    cast,
    distinct,
    func,
    or_,
    select,
)

from crm_eventlog.columns import Instant
from crm_eventlog.envelope import CloudEvent
from crm_eventlog.projection import ReadModel, insert_or_ignore
from crm_events.sales import OpportunityLost, OpportunityMoved, OpportunityOpened, OpportunityWon
from crm_events.values import Money
from crm_sales.amounts import decimals, minor, money

OPEN, WON, LOST = "open", "won", "lost"
tables = MetaData()
# `expected` is in minor units; a closed opportunity keeps the stage it was closed in.
funnel = Table(
    "funnel",
    tables,
    Column("opportunity_id", Uuid, primary_key=True),
    Column("customer_id", Uuid, nullable=False),
    Column("lead_id", Uuid),
    Column("salesperson", Text),
    Column("campaign_code", Text),
    Column("title", Text, nullable=False),
    Column("expected", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("decimals", Integer, nullable=False),
    Column("stage", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("order_id", Uuid),
    Column("reason", Text),
    Column("opened_at", Instant, nullable=False),
    Index("funnel_by_stage", "state", "stage"),
)
# From the opening (`before` is empty) to the end (`after` is won or lost).
funnel_moves = Table(
    "funnel_moves",
    tables,
    Column("opportunity_id", Uuid, primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("before", Text),
    Column("after", Text, nullable=False),
    Column("why", Text),
    Column("moved_at", Instant, nullable=False),
    Column("moved_by", Text, nullable=False),
    Index("funnel_moves_by_stage", "before", "after", "opportunity_id"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StageFigures:
    """One stage: what is in it now, how many ever entered it, and how many of those went on to a later one."""

    stage: str
    open: int
    expected: tuple[Money, ...]
    entered: int
    advanced: int

    @property
    def conversion(self) -> float | None:
        """The share that went on, four decimals; None while nobody entered."""
        return round(self.advanced / self.entered, 4) if self.entered else None

    @property
    def likely_to_advance(self) -> tuple[Money, ...]:
        """The amount that open opportunities should bring to the next stage, rounded down.

        It supposes that they go on as those before them did.
        """
        if not self.entered:
            return ()
        return tuple(
            money(minor(sum_) * self.advanced // self.entered, decimals(sum_), sum_.currency) for sum_ in self.expected
        )


def project(events: Sequence[CloudEvent], db: Connection) -> None:
    """Follow every opportunity from stage to stage, and out of the funnel when it is won or lost."""
    for event in events:
        match event.data:
            case OpportunityOpened():
                insert_or_ignore(db, funnel, [_opened(event)])
                _move(db, event, before=None, after=event.data.stage)
            case OpportunityMoved(before=before, after=after, why=why):
                _move(db, event, before=before, after=after, why=why)
                _change(db, event, stage=after)
            case OpportunityWon(order_id=order_id):
                _move(db, event, before=_stage(db, event), after=WON)
                _change(db, event, state=WON, order_id=order_id)
            case OpportunityLost(stage=stage, reason=reason):
                _move(db, event, before=stage, after=LOST, why=reason)
                _change(db, event, state=LOST, reason=reason)


def by_stage(db: Connection, stages: Sequence[str]) -> list[StageFigures]:
    """Return the figures of these stages in their order, then of any other stage that still has opportunities."""
    standing = _standing(db)
    entered, advanced = _entered(db), _advanced(db, stages)
    return [
        StageFigures(
            stage=stage,
            open=sum(row.open for row in standing.get(stage, ())),
            expected=tuple(money(row.expected, row.decimals, row.currency) for row in standing.get(stage, ())),
            entered=entered.get(stage, 0),
            advanced=advanced.get(stage, 0),
        )
        for stage in (*stages, *sorted(standing.keys() - set(stages)))
    ]


def closed(db: Connection) -> dict[str, int]:
    """Count the opportunities that were won and lost."""
    query = select(funnel.c.state, func.count()).where(funnel.c.state != OPEN).group_by(funnel.c.state)
    return {WON: 0, LOST: 0, **_counts(db, query)}


def one(db: Connection, opportunity_id: UUID) -> Row[Any] | None:
    """Return the row of one opportunity."""
    return db.execute(select(funnel).where(funnel.c.opportunity_id == opportunity_id)).one_or_none()


def moves_of(db: Connection, opportunity_id: UUID) -> Sequence[Row[Any]]:
    """Return the moves of an opportunity, from its opening on."""
    moves = funnel_moves.c
    query = select(funnel_moves).where(moves.opportunity_id == opportunity_id).order_by(moves.sequence)
    return db.execute(query).all()


def _standing(db: Connection) -> Mapping[str, list[Row[Any]]]:
    keys = (funnel.c.stage, funnel.c.currency, funnel.c.decimals)
    expected = cast(func.sum(funnel.c.expected), BigInteger).label("expected")
    query = select(*keys, func.count().label("open"), expected).where(funnel.c.state == OPEN).group_by(*keys)
    rows: dict[str, list[Row[Any]]] = {}
    for row in db.execute(query.order_by(*keys)):
        rows.setdefault(row.stage, []).append(row)
    return rows


def _entered(db: Connection) -> dict[str, int]:
    opportunities = func.count(distinct(funnel_moves.c.opportunity_id))
    query = select(funnel_moves.c.after, opportunities).group_by(funnel_moves.c.after)
    return _counts(db, query)


def _advanced(db: Connection, stages: Sequence[str]) -> dict[str, int]:
    """Count for each stage the opportunities that ever went to a later one, or were won."""
    moves = funnel_moves.c
    forwards = [
        and_(moves.before == stage, moves.after.in_([*stages[position:], WON]))
        for position, stage in enumerate(stages, start=1)
    ]
    query = select(moves.before, func.count(distinct(moves.opportunity_id))).where(or_(*forwards))
    return _counts(db, query.group_by(moves.before))


def _counts(db: Connection, query: Select[tuple[str, int]]) -> dict[str, int]:
    return dict(db.execute(query).tuples().all())


def _opened(event: CloudEvent) -> dict[str, Any]:
    opened: OpportunityOpened = event.data
    return {
        "opportunity_id": opened.opportunity_id,
        "customer_id": opened.customer_id,
        "lead_id": opened.lead_id,
        "salesperson": opened.salesperson,
        "campaign_code": opened.campaign_code,
        "title": opened.title,
        "expected": minor(opened.expected),
        "currency": opened.expected.currency,
        "decimals": decimals(opened.expected),
        "stage": opened.stage,
        "state": OPEN,
        "opened_at": event.time,
    }


def _stage(db: Connection, event: CloudEvent) -> str:
    query = select(funnel.c.stage).where(funnel.c.opportunity_id == event.data.opportunity_id)
    stage: str = db.execute(query).scalar_one()
    return stage


def _move(db: Connection, event: CloudEvent, *, before: str | None, after: str, why: str | None = None) -> None:
    row = {
        "opportunity_id": event.data.opportunity_id,
        "sequence": event.sequence,
        "before": before,
        "after": after,
        "why": why,
        "moved_at": event.time,
        "moved_by": event.actor,
    }
    insert_or_ignore(db, funnel_moves, [row])


def _change(db: Connection, event: CloudEvent, **changes: Any) -> None:
    db.execute(funnel.update().where(funnel.c.opportunity_id == event.data.opportunity_id).values(changes))


READ_MODEL = ReadModel(
    name="funnel",
    version=2,
    tables=(funnel, funnel_moves),
    topics=frozenset({"crm.sales.v1"}),
    project=project,
)

"""The message to each customer of a campaign and its outcome, and those who were left out."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Connection, Index, MetaData, Row, Table, Text, Uuid, bindparam, func, select

from crm_eventlog.columns import Instant
from crm_eventlog.envelope import CloudEvent
from crm_eventlog.projection import Keyset, ReadModel, insert_or_ignore, insert_or_replace
from crm_events.marketing import (
    CustomerLeftOut,
    MessageAccepted,
    MessageAnswered,
    MessageBounced,
    MessageHandedOver,
    MessageOutcomeUnknown,
    MessageRequested,
)

# `outcome` is accepted, bounced or unknown; an answer comes on top of it. `reason` says why the customer was left out,
# why the message bounced, or why its outcome is unknown.
messages_of_campaign = Table(
    "messages_of_campaign",
    MetaData(),
    Column("message_id", Uuid, primary_key=True),
    Column("campaign_id", Uuid, nullable=False),
    Column("campaign_code", Text, nullable=False),
    Column("customer_id", Uuid, nullable=False),
    Column("state", Text, nullable=False),
    Column("outcome", Text),
    Column("reason", Text),
    Column("case_id", Uuid),
    Column("provider_reference", Text),
    Column("answer", Text),
    Column("considered_at", Instant, nullable=False),
    Column("requested_at", Instant),
    Column("handed_over_at", Instant),
    Column("changed_at", Instant, nullable=False),
    Index("messages_of_campaign_by_message", "campaign_id", "message_id"),
    Index("messages_of_campaign_by_state", "campaign_id", "state", "message_id"),
    Index("messages_of_customer_by_time", "customer_id", "considered_at", "message_id"),
)
IN_ORDER = Keyset(messages_of_campaign.c.message_id)
NEWEST_FIRST = Keyset(messages_of_campaign.c.considered_at.desc(), messages_of_campaign.c.message_id.desc())


def project(events: Sequence[CloudEvent], db: Connection) -> None:
    """Keep the progress of each message, and everybody who was left out."""
    insert_or_ignore(db, messages_of_campaign, [_requested(e) for e in events if type(e.data) is MessageRequested])
    insert_or_replace(db, messages_of_campaign, [_left_out(e) for e in events if type(e.data) is CustomerLeftOut])
    # A message only moves forward in this order, so that a batch can be written kind by kind.
    for kind in (MessageHandedOver, MessageOutcomeUnknown, MessageAccepted, MessageBounced, MessageAnswered):
        _move(db, [_step(event) for event in events if type(event.data) is kind])


def of_campaign(
    db: Connection, campaign_id: UUID, state: str | None = None, *, after: tuple[Any, ...] | None = None, limit: int
) -> Sequence[Row[Any]]:
    """Return a campaign's messages, all or those in one state; `after` is (message_id,)."""
    rows = messages_of_campaign.c
    query = select(messages_of_campaign).where(rows.campaign_id == campaign_id)
    if state:
        query = query.where(rows.state == state)
    return db.execute(IN_ORDER.page(query, after=after, limit=limit)).all()


def of_customer(
    db: Connection, customer_id: UUID, *, after: tuple[Any, ...] | None = None, limit: int
) -> Sequence[Row[Any]]:
    """Return the messages to a customer, the newest first; `after` is (considered_at, message_id)."""
    query = select(messages_of_campaign).where(messages_of_campaign.c.customer_id == customer_id)
    return db.execute(NEWEST_FIRST.page(query, after=after, limit=limit)).all()


def counts(db: Connection, campaign_id: UUID) -> dict[str, int]:
    """Count the messages of a campaign: requested, handed over, accepted, bounced, unknown, answered.

    A message that was called back before the hand-over counts as requested, and its customer as left out.
    """
    rows = messages_of_campaign.c
    query = select(
        func.count(rows.requested_at).label("requested"),
        func.count(rows.handed_over_at).label("handed_over"),
        func.count().filter(rows.outcome == "accepted").label("accepted"),
        func.count().filter(rows.outcome == "bounced").label("bounced"),
        func.count().filter(rows.outcome == "unknown").label("unknown"),
        func.count(rows.answer).label("answered"),
    )
    return dict(db.execute(query.where(rows.campaign_id == campaign_id)).one()._mapping)


def left_out(db: Connection, campaign_id: UUID) -> dict[str, int]:
    """Count the customers who were left out of a campaign, by reason."""
    rows = messages_of_campaign.c
    query = select(rows.reason, func.count().label("n")).where(
        rows.campaign_id == campaign_id, rows.state == "left_out"
    )
    return {row.reason: row.n for row in db.execute(query.group_by(rows.reason).order_by(rows.reason))}


def _requested(event: CloudEvent) -> dict[str, Any]:
    return {
        "message_id": event.data.message_id,
        "campaign_id": event.data.campaign_id,
        "campaign_code": event.data.campaign_code,
        "customer_id": event.data.customer_id,
        "state": "requested",
        "considered_at": event.time,
        "requested_at": event.time,
        "changed_at": event.time,
    }


def _left_out(event: CloudEvent) -> dict[str, Any]:
    """Return the row of a customer who was left out; an earlier request keeps its times."""
    return {
        "message_id": event.subject,
        "campaign_id": event.data.campaign_id,
        "campaign_code": event.data.campaign_code,
        "customer_id": event.data.customer_id,
        "state": "left_out",
        "reason": event.data.reason.value,
        "case_id": event.data.case_id,
        "considered_at": event.time,
        "changed_at": event.time,
    }


def _step(event: CloudEvent) -> dict[str, Any]:
    moved = {"message_id": event.data.message_id, "changed_at": event.time}
    match event.data:
        case MessageHandedOver():
            return {**moved, "state": "handed_over", "handed_over_at": event.time}
        case MessageAccepted(provider_reference=reference):
            return {
                **moved,
                "state": "accepted",
                "outcome": "accepted",
                "reason": None,
                "provider_reference": reference,
            }
        case MessageBounced(reason=reason):
            return {**moved, "state": "bounced", "outcome": "bounced", "reason": reason}
        case MessageOutcomeUnknown(reason=reason):
            return {**moved, "state": "unknown", "outcome": "unknown", "reason": reason}
        case _:
            return {**moved, "state": "answered", "answer": event.data.answer}


def _move(db: Connection, steps: list[dict[str, Any]]) -> None:
    """Write the same columns of many messages."""
    if steps:
        one = messages_of_campaign.c.message_id == bindparam("of")
        changes: dict[str, Any] = {name: bindparam(f"to_{name}") for name in steps[0] if name != "message_id"}
        moves = [{"of": step["message_id"]} | {f"to_{name}": step[name] for name in steps[0]} for step in steps]
        db.execute(messages_of_campaign.update().where(one).values(changes), moves)


READ_MODEL = ReadModel(
    name="messages_of_campaign",
    version=1,
    tables=(messages_of_campaign,),
    topics=frozenset({"crm.marketing.v1"}),
    project=project,
)

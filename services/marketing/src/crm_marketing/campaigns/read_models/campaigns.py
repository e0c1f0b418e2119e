"""Every campaign with its dates, budget, audience, words and progress."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column, Connection, Date, Index, MetaData, Row, Table, Text, Uuid, select

from crm_eventlog.columns import Instant
from crm_eventlog.envelope import CloudEvent
from crm_eventlog.projection import Keyset, ReadModel, insert_or_ignore
from crm_events.marketing import (
    CampaignApproved,
    CampaignLaunched,
    CampaignPlanned,
    CampaignRejected,
    CampaignSubmitted,
)

# `remark` is what the approver said: the remark of an approval, or the reason of a rejection.
campaigns = Table(
    "campaigns",
    MetaData(),
    Column("campaign_id", Uuid, primary_key=True),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
    Column("budget", JSON, nullable=False),
    Column("audience", JSON, nullable=False),
    Column("subject", JSON, nullable=False),
    Column("body", JSON, nullable=False),
    Column("state", Text, nullable=False),
    Column("planned_by", Text, nullable=False),
    Column("decided_by", Text),
    Column("remark", Text),
    Column("planned_at", Instant, nullable=False),
    Column("launched_at", Instant),
    Column("changed_at", Instant, nullable=False),
    Index("campaigns_by_start", "starts_on", "campaign_id"),
    Index("campaigns_by_state", "state", "starts_on", "campaign_id"),
)
LATEST_FIRST = Keyset(campaigns.c.starts_on.desc(), campaigns.c.campaign_id.desc())


def project(events: Sequence[CloudEvent], db: Connection) -> None:
    """Keep the progress of each campaign."""
    for event in events:
        match event.data:
            case CampaignPlanned():
                insert_or_ignore(db, campaigns, [_planned(event)])
            case _ if changes := _changes(event):
                one = campaigns.c.campaign_id == event.data.campaign_id
                db.execute(campaigns.update().where(one).values({**changes, "changed_at": event.time}))


def newest(
    db: Connection, state: str | None = None, *, after: tuple[Any, ...] | None = None, limit: int
) -> Sequence[Row[Any]]:
    """Return all campaigns, or those in one state, the latest start first; `after` is (starts_on, campaign_id)."""
    query = select(campaigns)
    if state:
        query = query.where(campaigns.c.state == state)
    return db.execute(LATEST_FIRST.page(query, after=after, limit=limit)).all()


def one(db: Connection, campaign_id: UUID) -> Row[Any] | None:
    """Return the campaign with this id, or None."""
    return db.execute(select(campaigns).where(campaigns.c.campaign_id == campaign_id)).one_or_none()


def _planned(event: CloudEvent) -> dict[str, Any]:
    plan: CampaignPlanned = event.data
    return {
        "campaign_id": plan.campaign_id,
        "code": plan.code,
        "name": plan.name,
        "starts_on": plan.starts_on,
        "ends_on": plan.ends_on,
        **plan.model_dump(mode="json", include={"budget", "audience", "subject", "body"}),
        "state": "planned",
        "planned_by": event.actor,
        "planned_at": event.time,
        "changed_at": event.time,
    }


def _changes(event: CloudEvent) -> dict[str, Any] | None:
    match event.data:
        case CampaignSubmitted():
            return {"state": "submitted"}
        case CampaignApproved():
            return {"state": "approved", "decided_by": event.actor, "remark": event.data.remark}
        case CampaignRejected():
            return {"state": "rejected", "decided_by": event.actor, "remark": event.data.reason}
        case CampaignLaunched():
            return {"state": "launched", "launched_at": event.time}
        case _:
            return None


READ_MODEL = ReadModel(
    name="campaigns", version=1, tables=(campaigns,), topics=frozenset({"crm.marketing.v1"}), project=project
)

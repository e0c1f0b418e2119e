"""Public events of a campaign's facts."""

from uuid import UUID

from crm_eventlog.aggregate import Aggregate
from crm_events import marketing as events
from crm_events.event import PublicEvent
from crm_events.values import Money
from crm_marketing.campaigns.audience import AudienceRule
from crm_marketing.campaigns.campaign import Campaign


def publish(fact: Aggregate.Event, partition_key: UUID) -> PublicEvent | None:
    """Return the public event of a fact; no fact of a campaign stays private."""
    match fact:
        case Campaign.Planned():
            return _planned(fact)
        case Campaign.Submitted():
            return events.CampaignSubmitted(campaign_id=fact.originator_id, code=fact.code)
        case Campaign.Approved():
            return events.CampaignApproved(campaign_id=fact.originator_id, code=fact.code, remark=fact.remark)
        case Campaign.Rejected():
            return events.CampaignRejected(campaign_id=fact.originator_id, code=fact.code, reason=fact.reason)
        case Campaign.Launched():
            return events.CampaignLaunched(campaign_id=fact.originator_id, code=fact.code)
        case _:
            return None


def _planned(fact: Campaign.Planned) -> events.CampaignPlanned:
    return events.CampaignPlanned(
        campaign_id=fact.originator_id,
        code=fact.code,
        name=fact.name,
        starts_on=fact.starts_on,
        ends_on=fact.ends_on,
        budget=Money(amount=fact.budget.amount, currency=fact.budget.currency),
        audience=_audience(fact.audience),
        subject=fact.template.subject,
        body=fact.template.body,
    )


def _audience(rule: AudienceRule) -> events.AudienceRule:
    return events.AudienceRule(
        consent_channel=rule.consent_channel,
        languages=rule.languages,
        importance=rule.importance,
        cities=rule.cities,
    )

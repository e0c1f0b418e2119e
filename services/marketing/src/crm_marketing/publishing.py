"""What marketing says of its facts: the only place where they become public events."""

from typing import Any
from uuid import UUID

from crm_events import marketing as say
from crm_events.contacts import ImportanceListing
from crm_events.event import PublicEvent
from crm_events.values import ConsentChannel, Language, LocalText, Money
from crm_marketing.domain.audience import AudienceRule
from crm_marketing.domain.campaign import Campaign
from crm_marketing.domain.message import Message
from crm_marketing.domain.template import Wording


def publish(fact: Any, customer_id: UUID) -> PublicEvent | None:
    """The public event of a fact; None where it stays private. `customer_id` is the stream's partition key."""
    match fact:
        case Campaign.Planned():
            return _planned(fact)
        case Campaign.Event():
            return _of_campaign(fact, {"campaign_id": fact.originator_id, "code": fact.code})
        case Message.Event():
            about = {"customer_id": customer_id, "campaign_id": fact.campaign_id, "campaign_code": fact.campaign_code}
            return _of_message(fact, about, {**about, "message_id": fact.originator_id})
        case _:
            return None


def _planned(fact: Any) -> PublicEvent:
    return say.CampaignPlanned(
        campaign_id=fact.originator_id,
        code=fact.code,
        name=fact.name,
        starts_on=fact.starts_on,
        ends_on=fact.ends_on,
        budget=Money(amount=fact.budget.amount, currency=fact.budget.currency),
        audience=_audience(fact.audience),
        subject=_text(fact.template.subject),
        body=_text(fact.template.body),
    )


def _of_campaign(fact: Any, campaign: dict[str, Any]) -> PublicEvent | None:
    match fact:
        case Campaign.Submitted():
            return say.CampaignSubmitted(**campaign)
        case Campaign.Approved():
            return say.CampaignApproved(**campaign, remark=fact.remark)
        case Campaign.Rejected():
            return say.CampaignRejected(**campaign, reason=fact.reason)
        case Campaign.Launched():
            return say.CampaignLaunched(**campaign)
        case _:
            return None


def _of_message(fact: Any, about: dict[str, Any], message: dict[str, Any]) -> PublicEvent | None:
    match fact:
        case Message.Considered(exclusion=None):
            return say.MessageRequested(**message, channel=ConsentChannel(fact.channel))
        case Message.Considered() | Message.LeftOut():
            reason = say.LeftOutReason(fact.exclusion.reason)
            return say.CustomerLeftOut(**about, reason=reason, case_id=fact.exclusion.case_id)
        case Message.HandedOver():
            return say.MessageHandedOver(**message, send_id=fact.send_id)
        case Message.Accepted():
            return say.MessageAccepted(**message, provider_reference=fact.provider_reference)
        case Message.Bounced():
            return say.MessageBounced(**message, reason=fact.reason)
        case Message.LostSightOf():
            return say.MessageOutcomeUnknown(**message, reason=fact.reason)
        case Message.Answered():
            return say.MessageAnswered(**message, answer=fact.answer)
        case _:
            return None


def _audience(rule: AudienceRule) -> say.AudienceRule:
    return say.AudienceRule(
        consent_channel=ConsentChannel(rule.consent_channel),
        languages=tuple(Language(language) for language in rule.languages),
        importance=tuple(ImportanceListing(listing) for listing in rule.importance),
        cities=rule.cities,
    )


def _text(wording: Wording) -> LocalText:
    return LocalText(en=wording.en, zh=wording.zh)

"""Handlers of the commands about campaigns, and about whom they write to."""

from datetime import datetime
from uuid import UUID

from crm_eventlog.application import Application, CommandResult
from crm_eventlog.command_context import CommandContext
from crm_kernel import LocalizedText, Money
from crm_marketing.campaigns.audience import AudienceRule
from crm_marketing.campaigns.campaign import Campaign, campaign_id
from crm_marketing.campaigns.commands import (
    ApproveCampaign,
    Audience,
    LaunchCampaign,
    LeaveOutCustomers,
    LeftOutCustomer,
    PlanCampaign,
    RejectCampaign,
    RequestMessages,
    SubmitCampaign,
)
from crm_marketing.campaigns.errors import CodeAlreadyTaken
from crm_marketing.campaigns.template import Template
from crm_marketing.messages import Message, MessageAlreadyRequested, message_id
from crm_marketing.vocabulary import Exclusion, MessageState


def plan_campaign(command: PlanCampaign, app: Application, context: CommandContext) -> CommandResult:
    if campaign_id(command.code) in app.repository:
        raise CodeAlreadyTaken("code", command.code)
    campaign = Campaign.plan(
        code=command.code,
        name=command.name,
        starts_on=command.starts_on,
        ends_on=command.ends_on,
        budget=Money(command.budget.amount, command.budget.currency),
        audience=_audience(command.audience),
        template=Template(
            subject=LocalizedText(en=command.subject.en, zh=command.subject.zh),
            body=LocalizedText(en=command.body.en, zh=command.body.zh),
        ),
        planner=context.actor,
    )
    return app.save(campaign, context=context)


def submit_campaign(command: SubmitCampaign, app: Application, context: CommandContext) -> CommandResult:
    campaign = app.load(Campaign, command.campaign_id, expected_version=context.expected_version)
    campaign.submit()
    return app.save(campaign, context=context)


def approve_campaign(command: ApproveCampaign, app: Application, context: CommandContext) -> CommandResult:
    campaign = app.load(Campaign, command.campaign_id, expected_version=context.expected_version)
    campaign.approve(approver=context.actor, remark=command.remark)
    return app.save(campaign, context=context)


def reject_campaign(command: RejectCampaign, app: Application, context: CommandContext) -> CommandResult:
    campaign = app.load(Campaign, command.campaign_id, expected_version=context.expected_version)
    campaign.reject(approver=context.actor, reason=command.reason)
    return app.save(campaign, context=context)


def launch_campaign(command: LaunchCampaign, app: Application, context: CommandContext) -> CommandResult:
    campaign = app.load(Campaign, command.campaign_id, expected_version=context.expected_version)
    campaign.launch(context.occurred_at)
    return app.save(campaign, context=context)


def request_messages(command: RequestMessages, app: Application, context: CommandContext) -> CommandResult:
    campaign = app.load(Campaign, command.campaign_id, expected_version=context.expected_version)
    wanted = {message_id(campaign.id, customer_id): customer_id for customer_id in command.customer_ids}
    existing = app.store.existing_streams(wanted)
    messages = [
        _message(campaign, customer_id, None, rule=command.rule, at=context.occurred_at)
        for id, customer_id in wanted.items()
        if id not in existing
    ]
    if not messages:
        raise MessageAlreadyRequested("customer_ids", str(command.customer_ids[0]))
    return app.save(campaign, *messages, context=context)


def leave_out_customers(command: LeaveOutCustomers, app: Application, context: CommandContext) -> CommandResult:
    campaign = app.load(Campaign, command.campaign_id, expected_version=context.expected_version)
    rows = {message_id(campaign.id, row.customer_id): row for row in command.customers}
    existing = app.store.existing_streams(rows)
    messages = [
        _message(campaign, row.customer_id, _exclusion(row), rule=command.rule, at=context.occurred_at)
        for id, row in rows.items()
        if id not in existing
    ]
    for id in sorted(existing):
        message = app.load(Message, id)
        if message.state is MessageState.REQUESTED:
            message.leave_out(_exclusion(rows[id]), rule=command.rule)
            messages.append(message)
    if not messages:
        raise MessageAlreadyRequested("customers", str(command.customers[0].customer_id))
    return app.save(campaign, *messages, context=context)


def _message(campaign: Campaign, customer_id: UUID, exclusion: Exclusion | None, *, rule: str, at: datetime) -> Message:
    """Return the message to a customer: requested, or left out where there is an exclusion."""
    campaign.refuse_unless_running(at)
    return Message(
        campaign_id=campaign.id,
        campaign_code=campaign.code,
        customer_id=customer_id,
        channel=campaign.audience.consent_channel,
        exclusion=exclusion,
        rule=rule,
    )


def _exclusion(row: LeftOutCustomer) -> Exclusion:
    return Exclusion(row.reason, row.case_id)


def _audience(rule: Audience) -> AudienceRule:
    return AudienceRule(
        consent_channel=rule.consent_channel,
        languages=rule.languages,
        importance=rule.importance,
        cities=rule.cities,
    )

"""The handlers of marketing: load an aggregate, let it decide, save."""

from crm_eventlog.application import Application, CommandResult
from crm_eventlog.command_context import CommandContext
from crm_marketing import commands
from crm_marketing.domain.audience import AudienceRule, ConsentChannel, Importance, Language
from crm_marketing.domain.campaign import Campaign, CodeAlreadyTaken, campaign_id
from crm_marketing.domain.judgement import Exclusion, LeftOutReason
from crm_marketing.domain.message import Message, MessageAlreadyRequested, MessageState, message_id
from crm_marketing.domain.money import Money
from crm_marketing.domain.template import Template, Wording


def plan_campaign(command: commands.PlanCampaign, app: Application, context: CommandContext) -> CommandResult:
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
            subject=Wording(en=command.subject.en, zh=command.subject.zh),
            body=Wording(en=command.body.en, zh=command.body.zh),
        ),
        planner=context.actor,
    )
    return app.save(campaign, context=context)


def submit_campaign(command: commands.SubmitCampaign, app: Application, context: CommandContext) -> CommandResult:
    campaign = app.load(Campaign, command.campaign_id, expected_version=context.expected_version)
    campaign.submit()
    return app.save(campaign, context=context)


def approve_campaign(command: commands.ApproveCampaign, app: Application, context: CommandContext) -> CommandResult:
    campaign = app.load(Campaign, command.campaign_id, expected_version=context.expected_version)
    campaign.approve(approver=context.actor, remark=command.remark)
    return app.save(campaign, context=context)


def reject_campaign(command: commands.RejectCampaign, app: Application, context: CommandContext) -> CommandResult:
    campaign = app.load(Campaign, command.campaign_id, expected_version=context.expected_version)
    campaign.reject(approver=context.actor, reason=command.reason)
    return app.save(campaign, context=context)


def launch_campaign(command: commands.LaunchCampaign, app: Application, context: CommandContext) -> CommandResult:
    campaign = app.load(Campaign, command.campaign_id, expected_version=context.expected_version)
    campaign.launch(context.occurred_at)
    return app.save(campaign, context=context)


def request_messages(command: commands.RequestMessages, app: Application, context: CommandContext) -> CommandResult:
    campaign = app.load(Campaign, command.campaign_id, expected_version=context.expected_version)
    wanted = {message_id(campaign.id, customer_id): customer_id for customer_id in command.customer_ids}
    begun = app.store.existing_streams(wanted)
    messages = [
        campaign.message_to(customer_id, exclusion=None, rule=command.rule, at=context.occurred_at)
        for id, customer_id in wanted.items()
        if id not in begun
    ]
    if not messages:
        raise MessageAlreadyRequested("customer_ids", str(command.customer_ids[0]))
    return app.save(campaign, *messages, context=context)


def leave_out_customers(
    command: commands.LeaveOutCustomers, app: Application, context: CommandContext
) -> CommandResult:
    campaign = app.load(Campaign, command.campaign_id, expected_version=context.expected_version)
    rows = {message_id(campaign.id, row.customer_id): row for row in command.customers}
    begun = app.store.existing_streams(rows)
    messages = [
        campaign.message_to(row.customer_id, exclusion=_exclusion(row), rule=command.rule, at=context.occurred_at)
        for id, row in rows.items()
        if id not in begun
    ]
    for id in sorted(begun):
        message: Message = app.repository.get(id)
        if message.state is MessageState.REQUESTED:
            message.leave_out(_exclusion(rows[id]), rule=command.rule)
            messages.append(message)
    if not messages:
        raise MessageAlreadyRequested("customers", str(command.customers[0].customer_id))
    return app.save(campaign, *messages, context=context)


def hand_over_message(command: commands.HandOverMessage, app: Application, context: CommandContext) -> CommandResult:
    message = app.load(Message, command.message_id, expected_version=context.expected_version)
    message.hand_over(language=Language(command.language), rule=command.rule)
    return app.save(message, context=context)


def record_acceptance(command: commands.RecordAcceptance, app: Application, context: CommandContext) -> CommandResult:
    message = app.load(Message, command.message_id, expected_version=context.expected_version)
    message.accept(command.provider_reference)
    return app.save(message, context=context)


def record_bounce(command: commands.RecordBounce, app: Application, context: CommandContext) -> CommandResult:
    message = app.load(Message, command.message_id, expected_version=context.expected_version)
    message.bounce(command.reason)
    return app.save(message, context=context)


def record_unknown_outcome(
    command: commands.RecordUnknownOutcome, app: Application, context: CommandContext
) -> CommandResult:
    message = app.load(Message, command.message_id, expected_version=context.expected_version)
    message.lose_sight(command.reason)
    return app.save(message, context=context)


def record_answer(command: commands.RecordAnswer, app: Application, context: CommandContext) -> CommandResult:
    message = app.load(Message, command.message_id, expected_version=context.expected_version)
    message.answer(command.answer)
    return app.save(message, context=context)


def _exclusion(row: commands.LeftOutCustomer) -> Exclusion:
    return Exclusion(LeftOutReason(row.reason), row.case_id)


def _audience(rule: commands.Audience) -> AudienceRule:
    return AudienceRule(
        consent_channel=ConsentChannel(rule.consent_channel),
        languages=tuple(Language(language) for language in rule.languages),
        importance=tuple(Importance(listing) for listing in rule.importance),
        cities=rule.cities,
    )

"""Handlers of the commands about opportunities."""

from crm_eventlog.application import Application, CommandResult
from crm_eventlog.command_context import CommandContext
from crm_sales.opportunities.commands import LoseOpportunity, MoveOpportunity, OpenOpportunity
from crm_sales.opportunities.opportunity import Opportunity
from crm_sales.opportunities.rules import STAGES


def open_opportunity(command: OpenOpportunity, app: Application, context: CommandContext) -> CommandResult:
    opportunity = Opportunity.open(
        command.opportunity_id or context.new_id("opportunity"),
        customer_id=command.customer_id,
        title=command.title,
        expected=command.expected.to_money("expected"),
        stage=command.stage,
        stages=STAGES,
        salesperson=command.salesperson or context.actor,
        campaign_code=command.campaign_code,
    )
    return app.save(opportunity, context=context)


def move_opportunity(command: MoveOpportunity, app: Application, context: CommandContext) -> CommandResult:
    opportunity = app.load(Opportunity, command.opportunity_id, expected_version=context.expected_version)
    opportunity.move(command.stage, why=command.why, stages=STAGES)
    return app.save(opportunity, context=context)


def lose_opportunity(command: LoseOpportunity, app: Application, context: CommandContext) -> CommandResult:
    opportunity = app.load(Opportunity, command.opportunity_id, expected_version=context.expected_version)
    opportunity.lose(command.reason)
    return app.save(opportunity, context=context)

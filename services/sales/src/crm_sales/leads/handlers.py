"""Handlers of the commands about leads."""

from crm_eventlog.application import Application, CommandResult
from crm_eventlog.command_context import CommandContext
from crm_sales.leads.commands import AssignLead, CaptureLead, ConvertLead
from crm_sales.leads.lead import Lead
from crm_sales.leads.rules import ASSIGNMENT
from crm_sales.opportunities import STAGES, Opportunity


def capture_lead(command: CaptureLead, app: Application, context: CommandContext) -> CommandResult:
    """Capture a lead and give it to a salesperson by the rule, in one record."""
    lead = Lead(
        lead_id=command.lead_id or context.new_id("lead"),
        customer_id=command.customer_id or context.new_id("customer"),
        source=command.source,
        interest=command.interest,
        unit=context.unit,
        keyword=command.keyword,
        campaign_code=command.campaign_code,
        city=command.city,
    )
    lead.assign_by(ASSIGNMENT)
    return app.save(lead, context=context)


def assign_lead(command: AssignLead, app: Application, context: CommandContext) -> CommandResult:
    lead = app.load(Lead, command.lead_id, expected_version=context.expected_version)
    lead.assign_to(command.salesperson, reason=command.reason)
    return app.save(lead, context=context)


def convert_lead(command: ConvertLead, app: Application, context: CommandContext) -> CommandResult:
    """Make an opportunity of a lead, both in one record.

    The answer is about the opportunity, because that is where the caller goes on; `If-Match` is about the lead.
    """
    lead = app.load(Lead, command.lead_id, expected_version=context.expected_version)
    opportunity = Opportunity.open(
        command.opportunity_id or context.new_id("opportunity"),
        customer_id=lead.customer_id,
        title=command.title,
        expected=command.expected.to_money("expected"),
        stage=command.stage,
        stages=STAGES,
        salesperson=lead.salesperson or context.actor,
        lead_id=lead.id,
        campaign_code=lead.campaign_code,
    )
    lead.convert(opportunity.id)
    return app.save(opportunity, lead, context=context)

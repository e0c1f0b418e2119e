"""Handlers of commands about visits after a sale."""

from crm_eventlog.application import Application, CommandResult
from crm_eventlog.command_context import CommandContext
from crm_support.visits.commands import DoVisit, MakeVisitFallDue, SkipVisit
from crm_support.visits.visit import Visit, VisitAlreadyFellDue, visit_id


def make_visit_fall_due(command: MakeVisitFallDue, app: Application, context: CommandContext) -> CommandResult:
    if visit_id(command.order_id, command.rule) in app.repository:
        raise VisitAlreadyFellDue("order_id", command.order_id)
    visit = Visit(
        customer_id=command.customer_id,
        order_id=command.order_id,
        rule=command.rule,
        due_on=command.due_on,
        decided_by=command.decided_by,
    )
    return app.save(visit, context=context)


def do_visit(command: DoVisit, app: Application, context: CommandContext) -> CommandResult:
    visit = app.load(Visit, command.visit_id, expected_version=context.expected_version)
    visit.do(command.outcome)
    return app.save(visit, context=context)


def skip_visit(command: SkipVisit, app: Application, context: CommandContext) -> CommandResult:
    visit = app.load(Visit, command.visit_id, expected_version=context.expected_version)
    visit.skip(command.reason)
    return app.save(visit, context=context)

"""Handlers of commands about cases."""

from uuid import UUID

from crm_eventlog.application import Application, CommandResult
from crm_eventlog.command_context import CommandContext
from crm_support.cases.case import Case
from crm_support.cases.commands import (
    AnswerCase,
    AskQuestion,
    AssignCase,
    DeclareCaseUnresolvable,
    EscalateCase,
    FileComplaint,
    GiveFeedback,
    OpenCase,
    ReopenCase,
    ResolveCase,
    SetCasePriority,
)
from crm_support.cases.rules import ASSIGNMENT, BY_HAND
from crm_support.vocabulary import CaseKind, Severity


def ask_question(command: AskQuestion, app: Application, context: CommandContext) -> CommandResult:
    return _open(app, command, context, kind=CaseKind.QUESTION, order_id=command.order_id)


def file_complaint(command: FileComplaint, app: Application, context: CommandContext) -> CommandResult:
    return _open(app, command, context, kind=CaseKind.COMPLAINT, severity=command.severity, order_id=command.order_id)


def give_feedback(command: GiveFeedback, app: Application, context: CommandContext) -> CommandResult:
    return _open(app, command, context, kind=CaseKind(command.kind))


def assign_case(command: AssignCase, app: Application, context: CommandContext) -> CommandResult:
    case = app.load(Case, command.case_id, expected_version=context.expected_version)
    case.assign(desk=command.desk, assignee=command.assignee, rule=BY_HAND)
    return app.save(case, context=context)


def answer_case(command: AnswerCase, app: Application, context: CommandContext) -> CommandResult:
    case = app.load(Case, command.case_id, expected_version=context.expected_version)
    case.answer(command.answer)
    return app.save(case, context=context)


def resolve_case(command: ResolveCase, app: Application, context: CommandContext) -> CommandResult:
    case = app.load(Case, command.case_id, expected_version=context.expected_version)
    case.resolve(resolution=command.resolution, at=context.occurred_at)
    return app.save(case, context=context)


def declare_case_unresolvable(
    command: DeclareCaseUnresolvable, app: Application, context: CommandContext
) -> CommandResult:
    case = app.load(Case, command.case_id, expected_version=context.expected_version)
    case.declare_unresolvable(reason=command.reason, expected_on=command.expected_on, at=context.occurred_at)
    return app.save(case, context=context)


def reopen_case(command: ReopenCase, app: Application, context: CommandContext) -> CommandResult:
    case = app.load(Case, command.case_id, expected_version=context.expected_version)
    case.reopen(command.reason)
    return app.save(case, context=context)


def escalate_case(command: EscalateCase, app: Application, context: CommandContext) -> CommandResult:
    case = app.load(Case, command.case_id, expected_version=context.expected_version)
    case.escalate(to=command.to, reason=command.reason, by=command.by, rule=command.rule)
    return app.save(case, context=context)


def set_case_priority(command: SetCasePriority, app: Application, context: CommandContext) -> CommandResult:
    case = app.load(Case, command.case_id, expected_version=context.expected_version)
    case.prioritise(command.priority, reason=command.reason)
    return app.save(case, context=context)


def _open(
    app: Application,
    command: OpenCase,
    context: CommandContext,
    *,
    kind: CaseKind,
    severity: Severity | None = None,
    order_id: UUID | None = None,
) -> CommandResult:
    """Open a case and assign it by the rule, in one record."""
    case = Case(
        case_id=command.case_id or context.new_id("case"),
        customer_id=command.customer_id,
        kind=kind,
        channel=command.channel,
        subject=command.subject,
        text=command.text,
        opened_at=context.occurred_at,
        severity=severity,
        order_id=order_id,
    )
    line = ASSIGNMENT.line_for(case.kind, case.channel)
    case.assign(desk=line.desk, assignee=line.assignee, rule=ASSIGNMENT.version)
    return app.save(case, context=context)

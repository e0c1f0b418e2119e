"""The handlers of support: load an aggregate, let it decide, save."""

from uuid import UUID

from crm_eventlog.application import Application, CommandResult
from crm_eventlog.command_context import CommandContext
from crm_support import commands
from crm_support.domain.assignment import ASSIGNMENT, BY_HAND
from crm_support.domain.case import Case, CaseKind, EscalatedBy, Severity
from crm_support.domain.channel import Channel
from crm_support.domain.rating import RatedKind, Rating, ServiceAlreadyRated, rating_id
from crm_support.domain.visit import Visit, VisitAlreadyFellDue, VisitRule, visit_id

RATED: dict[RatedKind, type[Case] | type[Visit]] = {RatedKind.CASE: Case, RatedKind.VISIT: Visit}


def ask_question(command: commands.AskQuestion, app: Application, context: CommandContext) -> CommandResult:
    return _open(app, command, context, kind=CaseKind.QUESTION, order_id=command.order_id)


def file_complaint(command: commands.FileComplaint, app: Application, context: CommandContext) -> CommandResult:
    severity = Severity(command.severity)
    return _open(app, command, context, kind=CaseKind.COMPLAINT, severity=severity, order_id=command.order_id)


def give_feedback(command: commands.GiveFeedback, app: Application, context: CommandContext) -> CommandResult:
    return _open(app, command, context, kind=CaseKind(command.kind))


def assign_case(command: commands.AssignCase, app: Application, context: CommandContext) -> CommandResult:
    case = app.load(Case, command.case_id, expected_version=context.expected_version)
    case.assign(desk=command.desk, assignee=command.assignee, rule=BY_HAND)
    return app.save(case, context=context)


def answer_case(command: commands.AnswerCase, app: Application, context: CommandContext) -> CommandResult:
    case = app.load(Case, command.case_id, expected_version=context.expected_version)
    case.answer(command.answer)
    return app.save(case, context=context)


def resolve_case(command: commands.ResolveCase, app: Application, context: CommandContext) -> CommandResult:
    case = app.load(Case, command.case_id, expected_version=context.expected_version)
    case.resolve(resolution=command.resolution, at=context.occurred_at)
    return app.save(case, context=context)


def declare_case_unresolvable(
    command: commands.DeclareCaseUnresolvable, app: Application, context: CommandContext
) -> CommandResult:
    case = app.load(Case, command.case_id, expected_version=context.expected_version)
    case.declare_unresolvable(reason=command.reason, expected_on=command.expected_on, at=context.occurred_at)
    return app.save(case, context=context)


def reopen_case(command: commands.ReopenCase, app: Application, context: CommandContext) -> CommandResult:
    case = app.load(Case, command.case_id, expected_version=context.expected_version)
    case.reopen(command.reason)
    return app.save(case, context=context)


def escalate_case(command: commands.EscalateCase, app: Application, context: CommandContext) -> CommandResult:
    case = app.load(Case, command.case_id, expected_version=context.expected_version)
    case.escalate(to=command.to, reason=command.reason, by=EscalatedBy(command.by), rule=command.rule)
    return app.save(case, context=context)


def rate_service(command: commands.RateService, app: Application, context: CommandContext) -> CommandResult:
    subject_kind = RatedKind(command.subject_kind)
    subject = app.load(RATED[subject_kind], command.subject_id, expected_version=context.expected_version)
    if rating_id(subject.id) in app.repository:
        raise ServiceAlreadyRated("subject_id", subject.id)
    rating = Rating.give(
        customer_id=subject.partition_key,
        subject_kind=subject_kind,
        subject_id=subject.id,
        expectation=command.expectation,
        experience=command.experience,
        remark=command.remark,
    )
    return app.save(rating, context=context)


def make_visit_fall_due(command: commands.MakeVisitFallDue, app: Application, context: CommandContext) -> CommandResult:
    rule = VisitRule(command.rule)
    if visit_id(command.order_id, rule) in app.repository:
        raise VisitAlreadyFellDue("order_id", command.order_id)
    visit = Visit(
        customer_id=command.customer_id,
        order_id=command.order_id,
        rule=rule,
        due_on=command.due_on,
        decided_by=command.decided_by,
    )
    return app.save(visit, context=context)


def do_visit(command: commands.DoVisit, app: Application, context: CommandContext) -> CommandResult:
    visit = app.load(Visit, command.visit_id, expected_version=context.expected_version)
    visit.do(command.outcome)
    return app.save(visit, context=context)


def skip_visit(command: commands.SkipVisit, app: Application, context: CommandContext) -> CommandResult:
    visit = app.load(Visit, command.visit_id, expected_version=context.expected_version)
    visit.skip(command.reason)
    return app.save(visit, context=context)


def _open(
    app: Application,
    command: commands.OpenCase,
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
        channel=Channel(command.channel),
        subject=command.subject,
        text=command.text,
        opened_at=context.occurred_at,
        severity=severity,
        order_id=order_id,
    )
    line = ASSIGNMENT.line_for(case.kind, case.channel)
    case.assign(desk=line.desk, assignee=line.assignee, rule=ASSIGNMENT.version)
    return app.save(case, context=context)

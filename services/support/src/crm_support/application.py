"""Every command of support: load, ask, record."""

from uuid import UUID

from crm_eventlog.application import Application, Done
from crm_eventlog.circumstances import Circumstances
from crm_support import commands as ask
from crm_support.domain.assignment import ASSIGNMENT, BY_HAND
from crm_support.domain.case import Case, CaseKind, EscalatedBy, Severity
from crm_support.domain.channel import Channel
from crm_support.domain.rating import RatedKind, Rating, ServiceAlreadyRated, rating_id
from crm_support.domain.visit import Visit, VisitAlreadyFellDue, VisitRule, visit_id

RATED: dict[RatedKind, type[Case] | type[Visit]] = {RatedKind.CASE: Case, RatedKind.VISIT: Visit}


class SupportApplication(Application):
    """One method per command; the time of what happened is `said.occurred_at`."""

    name = "support"
    aggregates = (Case, Rating, Visit)

    def ask_question(self, command: ask.AskQuestion, said: Circumstances) -> Done:
        return self._open(command, said, kind=CaseKind.QUESTION, order_id=command.order_id)

    def file_complaint(self, command: ask.FileComplaint, said: Circumstances) -> Done:
        severity = Severity(command.severity)
        return self._open(command, said, kind=CaseKind.COMPLAINT, severity=severity, order_id=command.order_id)

    def give_feedback(self, command: ask.GiveFeedback, said: Circumstances) -> Done:
        return self._open(command, said, kind=CaseKind(command.kind))

    def assign_case(self, command: ask.AssignCase, said: Circumstances) -> Done:
        case = self.load(Case, command.case_id, said)
        case.assign(desk=command.desk, assignee=command.assignee, rule=BY_HAND)
        return self.record(case, said=said)

    def answer_case(self, command: ask.AnswerCase, said: Circumstances) -> Done:
        case = self.load(Case, command.case_id, said)
        case.answer(command.answer)
        return self.record(case, said=said)

    def resolve_case(self, command: ask.ResolveCase, said: Circumstances) -> Done:
        case = self.load(Case, command.case_id, said)
        case.resolve(resolution=command.resolution, at=said.occurred_at)
        return self.record(case, said=said)

    def declare_case_unresolvable(self, command: ask.DeclareCaseUnresolvable, said: Circumstances) -> Done:
        case = self.load(Case, command.case_id, said)
        case.declare_unresolvable(reason=command.reason, expected_on=command.expected_on, at=said.occurred_at)
        return self.record(case, said=said)

    def reopen_case(self, command: ask.ReopenCase, said: Circumstances) -> Done:
        case = self.load(Case, command.case_id, said)
        case.reopen(command.reason)
        return self.record(case, said=said)

    def escalate_case(self, command: ask.EscalateCase, said: Circumstances) -> Done:
        case = self.load(Case, command.case_id, said)
        case.escalate(to=command.to, reason=command.reason, by=EscalatedBy(command.by), rule=command.rule)
        return self.record(case, said=said)

    def rate_service(self, command: ask.RateService, said: Circumstances) -> Done:
        subject_kind = RatedKind(command.subject_kind)
        subject = self.load(RATED[subject_kind], command.subject_id, said)
        if rating_id(subject.id) in self.repository:
            raise ServiceAlreadyRated("subject_id", subject.id)
        rating = Rating.give(
            customer_id=subject.partition_key,
            subject_kind=subject_kind,
            subject_id=subject.id,
            expectation=command.expectation,
            experience=command.experience,
            remark=command.remark,
        )
        return self.record(rating, said=said)

    def make_visit_fall_due(self, command: ask.MakeVisitFallDue, said: Circumstances) -> Done:
        rule = VisitRule(command.rule)
        if visit_id(command.order_id, rule) in self.repository:
            raise VisitAlreadyFellDue("order_id", command.order_id)
        visit = Visit(
            customer_id=command.customer_id,
            order_id=command.order_id,
            rule=rule,
            due_on=command.due_on,
            decided_by=command.decided_by,
        )
        return self.record(visit, said=said)

    def do_visit(self, command: ask.DoVisit, said: Circumstances) -> Done:
        visit = self.load(Visit, command.visit_id, said)
        visit.do(command.outcome)
        return self.record(visit, said=said)

    def skip_visit(self, command: ask.SkipVisit, said: Circumstances) -> Done:
        visit = self.load(Visit, command.visit_id, said)
        visit.skip(command.reason)
        return self.record(visit, said=said)

    def _open(
        self,
        command: ask.OpenCase,
        said: Circumstances,
        *,
        kind: CaseKind,
        severity: Severity | None = None,
        order_id: UUID | None = None,
    ) -> Done:
        """Open a case and assign it by the rule, in one record."""
        case = Case(
            case_id=command.case_id or said.new_id("case"),
            customer_id=command.customer_id,
            kind=kind,
            channel=Channel(command.channel),
            subject=command.subject,
            text=command.text,
            opened_at=said.occurred_at,
            severity=severity,
            order_id=order_id,
        )
        line = ASSIGNMENT.line_for(case.kind, case.channel)
        case.assign(desk=line.desk, assignee=line.assignee, rule=ASSIGNMENT.version)
        return self.record(case, said=said)

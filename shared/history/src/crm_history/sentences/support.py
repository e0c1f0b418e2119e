"""What support says, in words."""

from datetime import date

from crm_eventlog.aggregate import LocalizedText
from crm_events import support
from crm_history.sentences.amounts import because, day, quoted, span
from crm_history.sentences.clause import Clause, it, the_customer, the_staff
from crm_history.sentences.codes import DESKS, rule_words, word
from crm_history.sentences.names import Names


def clause(event: object, names: Names) -> Clause | None:
    """The clause for an event of support; None for anybody else's."""
    return _said_by_the_customer(event) or _case(event) or _visit(event)


def with_desk(desk: str, assignee: str | None) -> LocalizedText:
    """A desk, and the person there."""
    name = word(desk, DESKS)
    person = LocalizedText(f" ({assignee})", f"（{assignee}）") if assignee else LocalizedText("", "")
    return LocalizedText(f"the {name.en} desk{person.en}", f"{name.zh}服务台{person.zh}")


def expected(remedy: date | None) -> LocalizedText:
    """When a remedy is expected, to go behind the reason why there is none."""
    if remedy is None:
        return LocalizedText("", "")
    on = day(remedy)
    return LocalizedText(f"; a remedy is expected on {on.en}", f"；预计{on.zh}可解决")


def _said_by_the_customer(event: object) -> Clause | None:
    match event:
        case support.QuestionAsked(subject=subject, text=text):
            return the_customer(
                f"asked about {quoted(subject)}: {quoted(text)}", f"咨询{quoted(subject)}：{quoted(text)}"
            )
        case support.ComplaintFiled(subject=subject, text=text, severity=severity):
            bad = severity.label
            return the_customer(
                f"complained about {quoted(subject)} ({bad.en}): {quoted(text)}",
                f"投诉{quoted(subject)}（{bad.zh}）：{quoted(text)}",
            )
        case support.FeedbackGiven(kind=kind, subject=subject, text=text):
            verb = kind.label
            return the_customer(
                f"{verb.en} {quoted(subject)}: {quoted(text)}", f"{verb.zh}{quoted(subject)}：{quoted(text)}"
            )
        case support.ServiceRated():
            return _rated(event)
    return None


def _rated(event: support.ServiceRated) -> Clause:
    what = event.subject_kind.label
    remark = quoted(event.remark) if event.remark else ""
    return the_customer(
        f"rated {what.en}: expected {event.expectation} of 5, experienced {event.experience} of 5, "
        f"satisfaction {event.satisfaction:+d}{remark and ': ' + remark}",
        f"评价了{what.zh}：期望 {event.expectation} 分，体验 {event.experience} 分（满分 5 分），"
        f"满意度 {event.satisfaction:+d}{remark and '：' + remark}",
    )


def _case(event: object) -> Clause | None:
    if not isinstance(event, support.CaseEvent):
        return None
    kind = event.kind.label
    match event:
        case support.CaseAssigned(desk=desk, assignee=assignee, rule=rule):
            where, chosen = with_desk(desk, assignee), rule_words(rule)
            return the_staff(
                f"gave the {kind.en} to {where.en}, chosen {chosen.en}",
                f"将{kind.zh}分派给{where.zh}，方式：{chosen.zh}",
            )
        case support.CaseAnswered(answer=answer):
            return the_staff(f"answered the {kind.en}: {quoted(answer)}", f"答复了{kind.zh}：{quoted(answer)}")
        case support.CaseEscalated():
            return _escalated(event, kind)
        case _:
            return _ended(event, kind)


def _escalated(event: support.CaseEscalated, kind: LocalizedText) -> Clause:
    why = because(event.reason)
    if event.by is support.EscalatedBy.HAND:
        return the_staff(f"passed the {kind.en} up to {event.to}{why.en}", f"将{kind.zh}升级给{event.to}{why.zh}")
    return it(
        f"the {kind.en} was passed up to {event.to} when its deadline passed{why.en}",
        f"{kind.zh}超过期限，自动升级给{event.to}{why.zh}",
    )


def _ended(event: support.CaseEvent, kind: LocalizedText) -> Clause | None:
    match event:
        case support.CaseResolved(resolution=resolution, waited=waited):
            wait = span(waited)
            return the_staff(
                f"settled the {kind.en} after {wait.en}: {quoted(resolution)}",
                f"在{wait.zh}后解决了{kind.zh}：{quoted(resolution)}",
            )
        case support.CaseDeclaredUnresolvable(reason=reason, expected_on=expected_on):
            why, when = because(reason), expected(expected_on)
            return the_staff(
                f"said that there is no remedy for the {kind.en} now{why.en}{when.en}",
                f"告知{kind.zh}暂无解决办法{why.zh}{when.zh}",
            )
        case support.CaseReopened(reason=reason):
            why = because(reason)
            return the_staff(f"opened the {kind.en} again{why.en}", f"重新打开了{kind.zh}{why.zh}")
    return None


def _visit(event: object) -> Clause | None:
    match event:
        case support.VisitFellDue(rule=rule, due_on=due_on):
            due, on = rule.label, day(due_on)
            return it(f"a visit {due.en} fell due on {on.en}", f"{due.zh}的回访于{on.zh}到期")
        case support.VisitDone(rule=rule, outcome=outcome):
            due = rule.label
            return the_staff(
                f"paid the customer the visit {due.en}: {quoted(outcome)}", f"完成了{due.zh}的回访：{quoted(outcome)}"
            )
        case support.VisitSkipped(rule=rule, reason=reason):
            due, why = rule.label, because(reason)
            return the_staff(f"left out the visit {due.en}{why.en}", f"取消了{due.zh}的回访{why.zh}")
    return None

"""Cases: questions, complaints and feedback, from opening to resolution."""

from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime

from crm_events.event import CustomerEvent
from crm_events.examples import example_id
from crm_events.kinds import EntryKind, kind_of_its_case
from crm_events.sentences import choose, it, the_customer, the_staff
from crm_events.sentences.amounts import day
from crm_events.sentences.codes import word
from crm_events.support.vocabulary import DESKS, CaseKind, EscalatedBy, FeedbackKind, Priority, Severity
from crm_events.values import Channel, Code, Personal
from crm_kernel import LocalizedText


class QuestionAsked(CustomerEvent):
    """A customer asked something and waits for an answer."""

    KIND = EntryKind.QUESTION
    EXAMPLE = {
        "channel": "web",
        "subject": "屏幕闪烁",
        "text": "为什么屏幕会闪烁？",
        "order_id": example_id("order_id"),
    }
    SENTENCE = the_customer("asked about {subject}: {text}", "咨询{subject}：{text}")

    case_id: UUID
    channel: Channel
    subject: Annotated[str, Personal("note")]
    text: Annotated[str, Personal("note")]
    order_id: UUID | None = None


class ComplaintFiled(CustomerEvent):
    """A customer complained; while the complaint is open no campaign should reach them."""

    KIND = EntryKind.COMPLAINT
    EXAMPLE = {
        "channel": "call_centre",
        "subject": "Screen still flickers",
        "text": "No remedy for two weeks.",
        "severity": "high",
        "order_id": example_id("order_id"),
    }
    SENTENCE = the_customer("complained about {subject} ({severity}): {text}", "投诉{subject}（{severity}）：{text}")

    case_id: UUID
    channel: Channel
    subject: Annotated[str, Personal("note")]
    text: Annotated[str, Personal("note")]
    severity: Severity
    order_id: UUID | None = None


class FeedbackGiven(CustomerEvent):
    """A customer praised, suggested, wished for or criticised something."""

    KIND = kind_of_its_case
    EXAMPLE = {
        "channel": "vip_club",
        "kind": "suggestion",
        "subject": "Opening hours",
        "text": "Open on Sunday mornings.",
    }
    SENTENCE = the_customer("{kind} {subject}: {text}", "{kind}{subject}：{text}")

    case_id: UUID
    channel: Channel
    kind: FeedbackKind
    subject: Annotated[str, Personal("note")]
    text: Annotated[str, Personal("note")]


class CaseEvent(CustomerEvent):
    """A public event in the life of a case that was opened before."""

    KIND = kind_of_its_case

    case_id: UUID
    kind: CaseKind


def desk_words(desk: str, assignee: str | None) -> LocalizedText:
    """Return a desk, and the person there."""
    name = word(desk, DESKS)
    person = LocalizedText(f" ({assignee})", f"（{assignee}）") if assignee else LocalizedText("", "")
    return LocalizedText(f"the {name.en} desk{person.en}", f"{name.zh}服务台{person.zh}")


def expected_words(remedy: date | None) -> LocalizedText:
    """Return when a remedy is expected, to go behind the reason why there is none."""
    if remedy is None:
        return LocalizedText("", "")
    on = day(remedy)
    return LocalizedText(f"; a remedy is expected on {on.en}", f"；预计{on.zh}可解决")


class CaseAssigned(CaseEvent):
    """A case was given to a desk, and to a person where the rule names one."""

    EXAMPLE = {"kind": "complaint", "desk": "south-complaints", "assignee": "wang.wei", "rule": "by_kind/1"}
    SENTENCE = the_staff(
        "gave the {kind} to {desk_and_person}, chosen {rule:rule}", "将{kind}分派给{desk_and_person}，方式：{rule:rule}"
    )

    desk: Annotated[str, Code(DESKS)]
    assignee: Annotated[str | None, Personal("staff")] = None
    rule: Annotated[str, Code()]

    @property
    def desk_and_person(self) -> LocalizedText:
        """Return the desk that has the case, and the person there."""
        return desk_words(self.desk, self.assignee)


class CaseAnswered(CaseEvent):
    """The customer was given this answer; the case stays open until it is resolved."""

    EXAMPLE = {"kind": "question", "answer": "A firmware update will cure it."}
    SENTENCE = the_staff("answered the {kind}: {answer}", "答复了{kind}：{answer}")

    answer: Annotated[str, Personal("note")]


class CaseResolved(CaseEvent):
    """A case was settled, `waited` after it was opened."""

    EXAMPLE = {
        "kind": "complaint",
        "resolution": "Display replaced in the store.",
        "opened_at": "2026-11-21T09:30:00Z",
        "waited": "P3DT2H15M",
    }
    SENTENCE = the_staff("settled the {kind} after {waited}: {resolution}", "在{waited}后解决了{kind}：{resolution}")

    resolution: Annotated[str, Personal("note")]
    opened_at: AwareDatetime
    waited: timedelta


class CaseDeclaredUnresolvable(CaseEvent):
    """There is no remedy now, for a reason the customer may be told; one may be expected on the day named."""

    EXAMPLE = {"kind": "question", "reason": "No remedy until firmware 2.1.", "expected_on": "2026-12-03"}
    SENTENCE = the_staff(
        "said that there is no remedy for the {kind} now{reason:because}{remedy}",
        "告知{kind}暂无解决办法{reason:because}{remedy}",
    )

    reason: Annotated[str, Personal("note")]
    expected_on: date | None = None

    @property
    def remedy(self) -> LocalizedText:
        """Return when a remedy is expected, to go behind the reason."""
        return expected_words(self.expected_on)


class CaseReopened(CaseEvent):
    """A case that was settled or given up is open again."""

    EXAMPLE = {"kind": "complaint", "reason": "The screen flickers again."}
    SENTENCE = the_staff("opened the {kind} again{reason:because}", "重新打开了{kind}{reason:because}")

    reason: Annotated[str, Personal("note")]


class CaseEscalated(CaseEvent):
    """A case was passed up to the person or desk named in `to`."""

    EXAMPLE = {
        "kind": "complaint",
        "to": "south-lead",
        "by": "deadline",
        "reason": "high severity, four hours without an answer",
    }
    SENTENCE = choose(
        "by",
        {
            EscalatedBy.HAND: the_staff(
                "passed the {kind} up to {to:plain}{reason:because}", "将{kind}升级给{to:plain}{reason:because}"
            ),
            EscalatedBy.DEADLINE: it(
                "the {kind} was passed up to {to:plain} when its deadline passed{reason:because}",
                "{kind}超过期限，自动升级给{to:plain}{reason:because}",
            ),
        },
    )

    to: Annotated[str, Personal("staff")]
    by: EscalatedBy
    reason: Annotated[str, Personal("note")]


class CasePrioritised(CaseEvent):
    """The urgency of a case changed."""

    EXAMPLE = {"kind": "question", "priority": "urgent", "reason": "Wheelchair user"}
    SENTENCE = the_staff(
        "set the priority of the {kind} to {priority}{reason:because}", "将{kind}的优先级设为{priority}{reason:because}"
    )

    priority: Priority
    reason: Annotated[str, Personal("note")]

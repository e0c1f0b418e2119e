"""Lists of codes that support speaks of."""

from collections.abc import Mapping

from crm_kernel import Labelled, LocalizedText


class CaseKind(Labelled):
    """A kind of case: what a customer came to us with."""

    QUESTION = "question", "question", "咨询"
    COMPLAINT = "complaint", "complaint", "投诉"
    PRAISE = "praise", "praise", "表扬"
    SUGGESTION = "suggestion", "suggestion", "建议"
    NEED = "need", "need", "需求"
    CRITICISM = "criticism", "criticism", "批评"


class FeedbackKind(Labelled):
    """The kinds of case that are neither a question nor a complaint."""

    PRAISE = "praise", "praised", "表扬"
    SUGGESTION = "suggestion", "made a suggestion about", "提出建议"
    NEED = "need", "expressed a need about", "提出需求"
    CRITICISM = "criticism", "criticised", "批评"


class Severity(Labelled):
    """The severity of a complaint, which decides how soon it is escalated."""

    LOW = "low", "low severity", "轻微"
    NORMAL = "normal", "normal severity", "一般"
    HIGH = "high", "high severity", "严重"
    CRITICAL = "critical", "critical severity", "紧急"


class Priority(Labelled):
    """The urgency of a case, as whoever settles it sees it."""

    LOW = "low", "low", "低"
    NORMAL = "normal", "normal", "普通"
    URGENT = "urgent", "urgent", "紧急"


class EscalatedBy(Labelled):
    """The cause of an escalation: a person decided it, or the deadline of the case passed."""

    HAND = "hand", "by hand", "人工"
    DEADLINE = "deadline", "when its deadline passed", "超过期限"


class RatedKind(Labelled):
    """A thing that is rated."""

    CASE = "case", "how their case was handled", "服务单的处理"
    VISIT = "visit", "a visit after the sale", "售后回访"


class VisitRule(Labelled):
    """A rule that says how long after the order a visit is due."""

    THREE_DAYS = "three_days", "three days after the purchase", "购买后三天"
    THIRTY_DAYS = "thirty_days", "thirty days after the purchase", "购买后三十天"


DESKS: Mapping[str, LocalizedText] = {
    "complaints": LocalizedText("complaints", "投诉"),
    "product": LocalizedText("product", "产品"),
    "care": LocalizedText("care", "客户关怀"),
    "online": LocalizedText("online", "在线"),
    "hotline": LocalizedText("hotline", "热线"),
    "store": LocalizedText("store", "门店"),
    "service": LocalizedText("service", "服务"),
}

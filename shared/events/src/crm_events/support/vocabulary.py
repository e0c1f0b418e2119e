"""Lists of codes that support speaks of."""

from enum import StrEnum


class CaseKind(StrEnum):
    """What a customer came to us with."""

    QUESTION = "question"
    COMPLAINT = "complaint"
    PRAISE = "praise"
    SUGGESTION = "suggestion"
    NEED = "need"
    CRITICISM = "criticism"


class FeedbackKind(StrEnum):
    """The kinds of case that are neither a question nor a complaint."""

    PRAISE = "praise"
    SUGGESTION = "suggestion"
    NEED = "need"
    CRITICISM = "criticism"


class Severity(StrEnum):
    """How bad a complaint is, which decides how soon it is escalated."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    CRITICAL = "critical"


class EscalatedBy(StrEnum):
    """Whether a person escalated the case or its deadline passed."""

    HAND = "hand"
    DEADLINE = "deadline"


class RatedKind(StrEnum):
    """What a rating is about."""

    CASE = "case"
    VISIT = "visit"


class VisitRule(StrEnum):
    """How long after the order the visit is due."""

    THREE_DAYS = "three_days"
    THIRTY_DAYS = "thirty_days"

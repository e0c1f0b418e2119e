"""Events of support: questions, complaints and other cases, ratings, and visits after a sale."""

from crm_events.support.cases import (
    CaseAnswered,
    CaseAssigned,
    CaseDeclaredUnresolvable,
    CaseEscalated,
    CaseEvent,
    CasePrioritised,
    CaseReopened,
    CaseResolved,
    ComplaintFiled,
    FeedbackGiven,
    QuestionAsked,
)
from crm_events.support.ratings import ServiceRated
from crm_events.support.visits import VisitDone, VisitFellDue, VisitSkipped
from crm_events.support.vocabulary import CaseKind, EscalatedBy, FeedbackKind, Priority, RatedKind, Severity, VisitRule

__all__ = [
    "CaseAnswered",
    "CaseAssigned",
    "CaseDeclaredUnresolvable",
    "CaseEscalated",
    "CaseEvent",
    "CaseKind",
    "CasePrioritised",
    "CaseReopened",
    "CaseResolved",
    "ComplaintFiled",
    "EscalatedBy",
    "FeedbackGiven",
    "FeedbackKind",
    "Priority",
    "QuestionAsked",
    "RatedKind",
    "ServiceRated",
    "Severity",
    "VisitDone",
    "VisitFellDue",
    "VisitRule",
    "VisitSkipped",
]

"""Vocabulary that several slices of support use, each enum as the public events define it."""

from crm_events.support import CaseKind, EscalatedBy, FeedbackKind, RatedKind, Severity, VisitRule

__all__ = ["CaseKind", "EscalatedBy", "FeedbackKind", "RatedKind", "Severity", "VisitRule"]

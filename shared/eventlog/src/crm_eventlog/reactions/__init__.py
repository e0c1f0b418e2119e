"""Policies, deadlines and effects: what a service does because something became true."""

from crm_eventlog.reactions.contract import Clear, Deadline, Effect, Policy, Set

__all__ = ["Clear", "Deadline", "Effect", "Policy", "Set"]

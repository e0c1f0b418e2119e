"""Policies, deadlines and effects: what a service does after an event."""

from crm_eventlog.reactions.definitions import CancelDeadline, Deadline, Effect, Policy, ScheduleDeadline
from crm_eventlog.reactions.reactor import Reactor
from crm_eventlog.reactions.ticker import Ticker

__all__ = ["CancelDeadline", "Deadline", "Effect", "Policy", "Reactor", "ScheduleDeadline", "Ticker"]

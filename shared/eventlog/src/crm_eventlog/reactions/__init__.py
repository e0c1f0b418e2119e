"""Policies, deadlines and effects: what a service does because something became true."""

from crm_eventlog.reactions.contract import Clear, Deadline, Effect, Policy, Set
from crm_eventlog.reactions.reactor import Reactor
from crm_eventlog.reactions.ticker import Ticker

__all__ = ["Clear", "Deadline", "Effect", "Policy", "Reactor", "Set", "Ticker"]

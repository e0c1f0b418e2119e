"""Rebuilds of a read model beside the served one."""

from crm_eventlog.rebuild.comparing import TableDifference
from crm_eventlog.rebuild.generations import Generation, NothingKept
from crm_eventlog.rebuild.one_customer import CustomerReport, CustomerWaits, NotByCustomer, OneCustomer
from crm_eventlog.rebuild.populate import UnprocessableEvent
from crm_eventlog.rebuild.rebuild_lock import RebuildUnderWay
from crm_eventlog.rebuild.rebuilding import NotServed, Rebuild
from crm_eventlog.rebuild.report import RebuildPlan, RebuildReport
from crm_eventlog.rebuild.source import LogSource, PublisherStore, SourceEndsEarly, StoreSource
from crm_eventlog.rebuild.workers import WorkerFailed

# Errors that stop a rebuild. The served generation is unchanged.
REASONS = (
    UnprocessableEvent,
    CustomerWaits,
    NotByCustomer,
    NothingKept,
    NotServed,
    RebuildUnderWay,
    SourceEndsEarly,
    WorkerFailed,
)

__all__ = [
    "REASONS",
    "CustomerReport",
    "CustomerWaits",
    "Generation",
    "LogSource",
    "NotByCustomer",
    "NotServed",
    "NothingKept",
    "OneCustomer",
    "PublisherStore",
    "Rebuild",
    "RebuildPlan",
    "RebuildReport",
    "RebuildUnderWay",
    "SourceEndsEarly",
    "StoreSource",
    "TableDifference",
    "UnprocessableEvent",
    "WorkerFailed",
]

"""Building a read model anew beside the one that is served."""

from crm_eventlog.rebuild.alone import RebuildUnderWay
from crm_eventlog.rebuild.comparing import TableDifference
from crm_eventlog.rebuild.filling import CannotFold
from crm_eventlog.rebuild.one_customer import CustomerReport, CustomerWaits, NotByCustomer, OneCustomer
from crm_eventlog.rebuild.rebuilding import NotServed, Rebuild
from crm_eventlog.rebuild.report import Intent, Report
from crm_eventlog.rebuild.shelf import Generation, NothingKept
from crm_eventlog.rebuild.source import FromLog, FromStores, Origin, SourceEndsEarly
from crm_eventlog.rebuild.workers import WorkerFailed

# Why a rebuild may not come to its end; what is served is as it was.
REASONS = (
    CannotFold,
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
    "CannotFold",
    "CustomerReport",
    "CustomerWaits",
    "FromLog",
    "FromStores",
    "Generation",
    "Intent",
    "NotByCustomer",
    "NotServed",
    "NothingKept",
    "OneCustomer",
    "Origin",
    "Rebuild",
    "RebuildUnderWay",
    "Report",
    "SourceEndsEarly",
    "TableDifference",
    "WorkerFailed",
]

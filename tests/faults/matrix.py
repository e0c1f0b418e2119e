"""Every fault there is; a fault is a row of the matrix."""

from tests.faults.outages import OUTAGES
from tests.faults.processes import PROCESSES
from tests.faults.records import RECORDS
from tests.faults.scene import Fault

FAULTS: tuple[Fault, ...] = (*PROCESSES, *OUTAGES, *RECORDS)
NAMED = {fault.name: fault for fault in FAULTS}

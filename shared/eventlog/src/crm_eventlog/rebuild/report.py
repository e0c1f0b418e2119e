"""The plan and the report of a rebuild."""

from collections.abc import Sequence
from dataclasses import dataclass

from crm_eventlog.rebuild.comparing import TableDifference
from crm_eventlog.rebuild.generations import Generation


@dataclass(frozen=True, kw_only=True)
class RebuildPlan:
    """The plan of a rebuild: `records` to read by place. `resumes` says that an interrupted build continues."""

    served: Generation
    number: int
    version: int
    source: str
    records: dict[str, int]
    resumes: bool

    @property
    def total(self) -> int:
        """Return the number of records to read."""
        return sum(self.records.values())


@dataclass(frozen=True, kw_only=True)
class RebuildReport:
    """The result of a rebuild.

    `building_seconds` of all `seconds` went into rows and indexes, the rest into comparing. `lag` counts the records of
    the log that neither generation had read, `parked` those that the new one parked. `commands` and `effects` count
    reactions while building, which must be zero.
    """

    name: str
    old: Generation
    new: int
    version: int
    source: str
    records: int
    seconds: float
    building_seconds: float
    tables: Sequence[TableDifference]
    lag: int
    parked: int
    commands: int
    effects: int
    served: int

    @property
    def same(self) -> bool:
        """Return True if both generations have the same rows."""
        return all(table.same for table in self.tables)

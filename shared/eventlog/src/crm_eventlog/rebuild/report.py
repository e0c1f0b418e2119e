"""What a rebuild did, or would do."""

from collections.abc import Sequence
from dataclasses import dataclass

from crm_eventlog.rebuild.comparing import TableDifference
from crm_eventlog.rebuild.generations import Generation


@dataclass(frozen=True, kw_only=True)
class RebuildPlan:
    """What a rebuild would do: `records` are to be read by place, `resumes` a generation that was begun before."""

    served: Generation
    number: int
    version: int
    source: str
    records: dict[str, int]
    resumes: bool

    @property
    def total(self) -> int:
        """All records that are to be read."""
        return sum(self.records.values())


@dataclass(frozen=True, kw_only=True)
class RebuildReport:
    """What came of a rebuild; `building_seconds` of all `seconds` went into rows and indexes, the rest into comparing.

    `lag` counts the records of the log that neither generation had read; `parked` what the new one set aside;
    `commands` and `effects` are what was given by itself while building: zero.
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
        """Whether both generations have the same rows."""
        return all(table.same for table in self.tables)

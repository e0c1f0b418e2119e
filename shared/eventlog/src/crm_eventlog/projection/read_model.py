"""A read model: a name, a version, its tables, and the function that turns events into rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Table

from crm_eventlog.envelope import CloudEvent

Project = Callable[[Sequence[CloudEvent], Connection], None]


@dataclass(frozen=True)
class ReadModel:
    """A view for readers, built from the log only.

    `project` gets every event exactly once, in batches, in order per customer and publisher. It need not handle
    redelivery, because the checkpoint does. A changed `version` means another meaning of the rows.
    """

    name: str
    version: int
    tables: tuple[Table, ...]
    topics: frozenset[str]
    project: Project

"""The plan of one reader for a batch: events to fold, records to park and checkpoints to move."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import groupby

from crm_eventlog.consumer.checkpoint import Checkpoint, CheckpointConflict, CheckpointMove, Reader
from crm_eventlog.consumer.errors import GapInLog, format_error
from crm_eventlog.consumer.parking import ParkedRecord, key_of
from crm_eventlog.envelope import CloudEvent
from crm_eventlog.log import LogRecord


@dataclass(frozen=True, slots=True)
class DecodedRecord:
    """A record with its event, None for an unknown type, or the error of decoding it."""

    record: LogRecord
    event: CloudEvent | None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The events to fold, the records to park and the checkpoint moves of one reader."""

    reader: Reader
    fresh: list[DecodedRecord] = field(default_factory=list)
    to_park: list[ParkedRecord] = field(default_factory=list)
    steps: list[CheckpointMove] = field(default_factory=list)

    @property
    def events(self) -> list[CloudEvent]:
        """Return the events to fold."""
        return [each.event for each in self.fresh if each.event is not None]

    def failed(self, error: Exception) -> None:
        """Park the only record of the plan."""
        (each,) = self.fresh
        pos = each.event.pos if each.event is not None else 0
        self.to_park.append(ParkedRecord(self.reader, each.record, pos, format_error(error)))


def plan_for(
    reader: Reader,
    topics: Set[str],
    decoded: Sequence[DecodedRecord],
    marks: Mapping[tuple[Reader, str, int], Checkpoint],
    waiting: Set[tuple[int, str]],
) -> Plan:
    """Plan a batch, in the order of the log. `waiting` holds the (partition, key) pairs with parked records."""
    plan = Plan(reader)
    for (topic, partition), group in groupby(decoded, key=lambda each: each.record[:2]):
        if topic in topics:
            if (mark := marks.get((reader, topic, partition))) is None:
                raise CheckpointConflict(f"generation {reader.generation} of {reader.name} is no longer served")
            _plan_partition(plan, list(group), mark, waiting)
    return plan


def _plan_partition(
    plan: Plan, decoded: Sequence[DecodedRecord], mark: Checkpoint, waiting: Set[tuple[int, str]]
) -> None:
    """Plan one partition's records. Raise `GapInLog` if records before them were never read.

    Skip records whose position was processed before: a relay resends a suffix after a crash, under new offsets.
    """
    first, last = decoded[0].record, decoded[-1].record
    if first.offset > mark.next_offset:
        raise GapInLog(f"{first.topic}[{first.partition}]: offset {mark.next_offset} was expected, {first.offset} came")
    pos = mark.pos
    for each in decoded:
        if each.record.offset < mark.next_offset or (each.event is None and each.error is None):
            continue
        if each.event is not None:
            if each.event.pos <= pos:
                continue
            pos = each.event.pos
        if each.error is not None or (waiting and (last.partition, key_of(each.record)) in waiting):
            plan.to_park.append(ParkedRecord(plan.reader, each.record, pos, each.error))
        else:
            plan.fresh.append(each)
    if last.offset >= mark.next_offset:
        plan.steps.append(CheckpointMove(plan.reader, last.topic, last.partition, mark, last.offset + 1, pos))

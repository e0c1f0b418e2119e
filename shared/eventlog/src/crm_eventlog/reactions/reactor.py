"""The reactor: it executes commands of the service's own application, keeps deadlines and triggers effects."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from threading import Event
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Connection

from crm_eventlog.aggregate import DomainError
from crm_eventlog.application import Application
from crm_eventlog.columns import instant_text
from crm_eventlog.command import Command
from crm_eventlog.command_context import COMMAND_NAMESPACE, CommandContext
from crm_eventlog.consumer.checkpoint import Reader
from crm_eventlog.consumer.errors import TransientError
from crm_eventlog.consumer.event_consumer import PARKING, EventConsumer, Fold
from crm_eventlog.envelope import CloudEvent, Parse, caused_by
from crm_eventlog.reactions.counters import processed
from crm_eventlog.reactions.definitions import CancelDeadline, Deadline, Effect, Policy, ScheduleDeadline
from crm_eventlog.tables import deadlines, reactions
from crm_eventlog.upserts import insert_or_ignore, insert_or_replace

_READER = Reader("reactions", 1)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of a command that the system itself gave."""

    command_id: str
    reaction: str
    command: str
    caused_by: UUID
    outcome: str
    reason: str | None
    at: datetime


def give(application: Application, reaction: str, command: Command, context: CommandContext) -> Outcome:
    """Execute a command and return its outcome. A refusal is an outcome too, with its reason."""
    outcome, reason = "done", None
    processed.commands += 1
    try:
        application.execute(command, context)
    except DomainError as error:
        outcome, reason = "refused", f"{type(error).__name__}: {error.message.en}"
    cause = UUID(str(context.causation_id))
    return Outcome(context.command_id, reaction, type(command).__name__, cause, outcome, reason, context.recorded_at)


class Reactor(EventConsumer):
    """A consumer that runs policies, deadlines and effects on events.

    Commands are executed before the checkpoint moves, under ids derived from the event. After redelivery they return
    their first result. A rebuilt read model has its own checkpoint, so a rebuild never triggers reactions.
    """

    def __init__(
        self,
        application: Application,
        parse: Parse,
        clock: Callable[[], datetime],
        *,
        policies: Iterable[Policy] = (),
        deadlines: Iterable[Deadline] = (),
        effects: Iterable[Effect] = (),
        topics: frozenset[str],
        partitions: int,
        parking: int = PARKING,
    ) -> None:
        super().__init__(application.store.engine, parse, clock, partitions=partitions, parking=parking)
        self._application = application
        self._topics = topics
        self._policies = _by_type(policies)
        self._deadlines = _by_type(deadlines)
        self._effects = _by_type(effects)
        # Set when the process ends. A batch of effects may take minutes, and is delivered again.
        self.stopping = Event()

    @property
    def topics(self) -> Mapping[Reader, frozenset[str]]:
        return {_READER: self._topics}

    def ready(self, reader: Reader, events: Sequence[CloudEvent]) -> Fold:
        outcomes = [outcome for event in self._until_stopping(events) for outcome in self._react(event)]
        steps = [(event, step) for event in events for step in self._steps(event)]
        return partial(_keep, outcomes, steps)

    def close(self) -> None:
        """Release the resources of the effects."""
        for effects in self._effects.values():
            for effect in effects:
                effect.close()

    def _until_stopping(self, events: Sequence[CloudEvent]) -> Iterator[CloudEvent]:
        for event in events:
            if self.stopping.is_set():
                raise TransientError(
                    "the process stops; executed commands are known when their events are delivered again"
                )
            yield event

    def _react(self, event: CloudEvent) -> Iterable[Outcome]:
        for policy in self._policies[type(event.data)]:
            command = policy.then(event.data, event.time)
            if command is not None:
                yield give(self._application, policy.name, command, self._context(policy.name, event))
        for effect in self._effects[type(event.data)]:
            processed.effects += 1
            effect.then(event)

    def _steps(self, event: CloudEvent) -> Iterable[ScheduleDeadline | CancelDeadline]:
        for deadline in self._deadlines[type(event.data)]:
            steps = deadline.then(event.data, event.time)
            yield from steps if isinstance(steps, tuple) else (steps,) if steps is not None else ()

    def _context(self, reaction: str, event: CloudEvent) -> CommandContext:
        command_id = str(uuid5(COMMAND_NAMESPACE, f"{reaction}/{event.id}"))
        return caused_by(event, command_id=command_id, actor=f"policy:{reaction}", recorded_at=self._clock())


def _by_type(reactions: Iterable[Any]) -> Mapping[type[Any], list[Any]]:
    found: dict[type[Any], list[Any]] = defaultdict(list)
    for reaction in reactions:
        found[reaction.whenever].append(reaction)
    return found


def _keep(
    outcomes: Sequence[Outcome], steps: Sequence[tuple[CloudEvent, ScheduleDeadline | CancelDeadline]], db: Connection
) -> None:
    keep_outcomes(db, outcomes)
    rows = [_deadline_row(event, step) for event, step in steps]
    later = deadlines.c.order_key
    for row in rows:
        insert_or_replace(db, deadlines, [row], where=later < row["order_key"])


def keep_outcomes(db: Connection, outcomes: Sequence[Outcome]) -> None:
    """Store the outcomes of commands. Ignore those stored before."""
    names = Outcome.__dataclass_fields__
    insert_or_ignore(db, reactions, [{name: getattr(outcome, name) for name in names} for outcome in outcomes])


def _deadline_row(event: CloudEvent, step: ScheduleDeadline | CancelDeadline) -> dict[str, Any]:
    """Return the row of a scheduled or cancelled deadline. The newest event decides, whatever arrives first."""
    at, source, stream, sequence = event.order_key
    command = step.command if isinstance(step, ScheduleDeadline) else None
    return {
        "kind": step.kind,
        "subject": step.subject,
        "due_at": step.due_at if isinstance(step, ScheduleDeadline) else None,
        "command": type(command).__name__ if command else None,
        "arguments": command.model_dump_json() if command else None,
        "caused_by": event.id,
        "correlation_id": event.correlation_id,
        "unit": event.unit,
        "channel": event.channel,
        "order_key": f"{instant_text(at)}|{source}|{stream}|{sequence:012d}",
        "fired_at": None,
    }

"""The application of a service: it finds a command's handler, loads aggregates and saves their facts."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from inspect import isclass, signature
from typing import Any, TypeVar, get_type_hints
from uuid import UUID

import eventsourcing.application
from eventsourcing.application import AggregateNotFoundError
from eventsourcing.persistence import ApplicationRecorder, Mapper
from sqlalchemy.exc import OperationalError

from crm_eventlog.aggregate import Aggregate, DomainError, LocalizedText, NotFound
from crm_eventlog.command import Command
from crm_eventlog.command_context import CommandContext
from crm_eventlog.facts import FactMapper
from crm_eventlog.store import AppendContext, Conflict, EventStore, StoredResult, refuse_unsafe_environment

A = TypeVar("A", bound=Aggregate)


@dataclass(frozen=True, slots=True)
class CommandResult:
    """The result of a command: the aggregate, its version and the position to wait for when reading it back.

    `position` is `part:pos` in the store of this service, or empty if the command changed nothing.
    """

    id: UUID
    version: int
    position: str
    repeated: bool = False


# A handler takes its command, the application and the context: `resolve_case(command: ResolveCase, app, context)`.
Handler = Callable[[Any, "Application", CommandContext], CommandResult]


class StaleVersion(DomainError):
    """A change based on an older version than the current one."""

    message = LocalizedText("The record has changed since you read it.", "您读取之后，该记录已被修改。")
    hint = LocalizedText(
        "Read the record again and repeat the change with its version.", "请重新读取，并带上其版本号再次修改。"
    )

    def __init__(self, value: object, current: int) -> None:
        super().__init__("expected_version", value)
        self.current = current


class IdempotencyKeyReused(DomainError):
    """An idempotency key that came with two different commands."""

    message = LocalizedText("An idempotency key can be used for one command only.", "一个幂等键只能用于一条命令。")
    hint = LocalizedText("Use a new key for the new command.", "请为新命令使用新的幂等键。")


class DuplicateHandler(TypeError):
    """Two functions that handle the same command."""


def command_of(handler: Callable[..., CommandResult]) -> type[Command]:
    """Return the command that a handler takes, from the annotation of its first parameter."""
    name = next(iter(signature(handler).parameters), "")
    kind = get_type_hints(handler).get(name)
    if not (isclass(kind) and issubclass(kind, Command)):
        raise TypeError(f"{handler.__qualname__}(command: ..., app, context) must name its Command in an annotation")
    return kind


def registry_of(handlers: Iterable[Handler]) -> dict[type[Command], Handler]:
    """Return the handlers by the command they take. Raise DuplicateHandler if two take the same."""
    registry: dict[type[Command], Handler] = {}
    for handler in handlers:
        kind = command_of(handler)
        if kind in registry:
            raise DuplicateHandler(f"{kind.__name__}: {registry[kind].__qualname__} and {handler.__qualname__}")
        registry[kind] = handler
    return registry


class Application(eventsourcing.application.Application[UUID]):
    """The handlers of commands over one store.

    `aggregates` is the allow-list of what may be written and read. `handlers` are registered by their annotation.
    """

    name: str = ""

    def __init__(
        self, store: EventStore, *, aggregates: Sequence[type[Aggregate]], handlers: Iterable[Handler] = ()
    ) -> None:
        refuse_unsafe_environment()
        self.store = store
        self.aggregates = tuple(aggregates)
        self.handlers: Mapping[type[Command], Handler] = registry_of(handlers)
        super().__init__(env={"PERSISTENCE_MODULE": "eventsourcing.popo"})

    def construct_mapper(self) -> Mapper[UUID]:
        """Write facts as plain JSON under stable names, and read them through the allow-list."""
        return FactMapper(self.aggregates)

    def construct_recorder(self) -> ApplicationRecorder:
        """Use the partitioned store instead of the library's recorder."""
        return self.store

    def command_named(self, name: str) -> type[Command]:
        """Return the command of this name. Raise KeyError if no handler takes it."""
        return {kind.__name__: kind for kind in self.handlers}[name]

    def load(self, kind: type[A], id: UUID, *, expected_version: int | None = None) -> A:
        """Return the current aggregate. Raise `NotFound`, or `StaleVersion` if another version was expected."""
        noun = kind.__name__.lower()
        try:
            aggregate: object = self.repository.get(id)
        except AggregateNotFoundError:
            raise NotFound(f"{noun}_id", id) from None
        if not isinstance(aggregate, kind):
            raise NotFound(f"{noun}_id", id)
        if expected_version not in (None, aggregate.version):
            raise StaleVersion(expected_version, aggregate.version)
        return aggregate

    def save(self, *aggregates: Aggregate, context: CommandContext) -> CommandResult:  # type: ignore[override]
        """Append the facts of the aggregates in one transaction. The result is about the first of them."""
        first = aggregates[0]
        keys: dict[UUID | str, UUID] = {aggregate.id: aggregate.partition_key for aggregate in aggregates}
        append_context = AppendContext(context, keys, result_for=(first.id, first.version))
        try:
            recordings = super().save(*aggregates, append_context=append_context)
        except Conflict as conflict:
            last = self.store.select_events(first.id, desc=True, limit=1)
            conflict.current = last[0].originator_version if last else None
            raise
        if not recordings:
            return _repeated(self.store.keep_result(context, first.id, first.version))
        of_first = [each for each in recordings if each.domain_event.originator_id == first.id] or recordings
        return CommandResult(first.id, first.version, self.store.position_of(of_first[-1].notification.id))

    def execute(self, command: Command, context: CommandContext) -> CommandResult:
        """Handle a command once. Return the first result of a repeated command. Retry a conflict once."""
        handler = self.handlers[type(command)]
        context = replace(context, fingerprint=command.fingerprint())
        try:
            return handler(command, self, context)
        except Conflict:
            # Another command was faster. Return its result if it was this one, else decide again, once.
            return self._first_result(context) or handler(command, self, context)
        except (DomainError, OperationalError):
            # Perhaps it was rejected because it was executed before, or the connection broke after the commit.
            if first := self._first_result(context):
                return first
            raise

    def _first_result(self, context: CommandContext) -> CommandResult | None:
        result = self.store.result_of(context.command_id)
        if result is None:
            return None
        if result.fingerprint != context.fingerprint:
            raise IdempotencyKeyReused("command_id", context.command_id)
        return _repeated(result)


def _repeated(result: StoredResult) -> CommandResult:
    return CommandResult(result.aggregate_id, result.version, result.position, repeated=True)

"""Load, ask, record: the whole life of a command inside one service."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, ClassVar, TypeVar, cast
from uuid import UUID

import eventsourcing.application
from eventsourcing.application import AggregateNotFoundError
from eventsourcing.persistence import ApplicationRecorder, Mapper
from sqlalchemy.exc import OperationalError

from crm_eventlog.aggregate import Aggregate, NotFound, Refused, Text
from crm_eventlog.circumstances import Circumstances
from crm_eventlog.command import Command
from crm_eventlog.facts import FactMapper
from crm_eventlog.store import Answer, Conflict, EventStore, refuse_unsafe_environment

A = TypeVar("A", bound=Aggregate)
C = TypeVar("C", bound=Command)


@dataclass(frozen=True, slots=True)
class Done:
    """The answer to a command: the aggregate, its version now, and the position to wait for when reading one's write.

    `position` is `part:pos` in the store of this service, empty when nothing new became true.
    """

    id: UUID
    version: int
    position: str
    repeated: bool = False


class StaleVersion(Refused):
    """The caller looked at an older version than the one that stands."""

    rule = Text("The record has changed since you read it.", "您读取之后，该记录已被修改。")
    way_out = Text("Read it again and repeat the change with its version.", "请重新读取，并带上其版本号再次修改。")

    def __init__(self, value: object, current: int) -> None:
        super().__init__("If-Match", value)
        self.current = current


class IdempotencyKeyReused(Refused):
    """One idempotency key came with two different commands."""

    rule = Text("An idempotency key belongs to one command.", "一个幂等键只能用于一条命令。")
    way_out = Text("Send a new key with the new command.", "请为新命令使用新的幂等键。")


class Application(eventsourcing.application.Application[UUID]):
    """The base of every service's application: one method per command, nothing between.

    `aggregates` is the allow-list of what may be written and read.
    """

    name: str = ""
    aggregates: ClassVar[tuple[type[Aggregate], ...]] = ()

    def __init__(self, store: EventStore) -> None:
        refuse_unsafe_environment()
        self.store = store
        super().__init__(env={"PERSISTENCE_MODULE": "eventsourcing.popo"})

    def construct_mapper(self) -> Mapper[UUID]:
        """Plain JSON under stable names, read through the allow-list."""
        return FactMapper(self.aggregates)

    def construct_recorder(self) -> ApplicationRecorder:
        """The partitioned store instead of the library's recorder."""
        return self.store

    def load(self, kind: type[A], id: UUID, said: Circumstances) -> A:
        """The aggregate as it stands; `NotFound`, or `StaleVersion` when the caller expected another version."""
        noun = kind.__name__.lower()
        try:
            aggregate: object = self.repository.get(id)
        except AggregateNotFoundError:
            raise NotFound(f"{noun}_id", id) from None
        if not isinstance(aggregate, kind):
            raise NotFound(f"{noun}_id", id)
        if said.only_if_version not in (None, aggregate.version):
            raise StaleVersion(said.only_if_version, aggregate.version)
        return aggregate

    def record(self, *aggregates: Aggregate, said: Circumstances) -> Done:
        """Append what the aggregates decided, in one transaction; the answer is about the first of them."""
        first = aggregates[0]
        keys = {aggregate.id: aggregate.partition_key for aggregate in aggregates}
        try:
            recordings = self.save(*aggregates, said=said, partition_keys=keys, answer_for=(first.id, first.version))
        except Conflict as conflict:
            last = self.store.select_events(first.id, desc=True, limit=1)
            conflict.current = last[0].originator_version if last else None
            raise
        if not recordings:
            return _done(self.store.answer(said, first.id, first.version))
        of_first = [each for each in recordings if each.domain_event.originator_id == first.id] or recordings
        return Done(first.id, first.version, self.store.position_of(of_first[-1].notification.id))

    def perform(self, ask: Callable[[C, Circumstances], Done], command: C, said: Circumstances) -> Done:
        """Answer a command once: a repeated command gets its first answer; a conflict is tried again once."""
        said = replace(said, fingerprint=command.fingerprint())
        try:
            return ask(command, said)
        except Conflict:
            # Somebody else was faster. Either it was this very command, or the decision is taken anew, once.
            return self._first_answer(said) or ask(command, said)
        except (Refused, OperationalError):
            # Refused perhaps because it was done before; or the commit happened before the connection broke.
            if first := self._first_answer(said):
                return first
            raise

    def _first_answer(self, said: Circumstances) -> Done | None:
        answer = self.store.answer_to(said.command_id)
        if answer is None:
            return None
        if answer.fingerprint != said.fingerprint:
            raise IdempotencyKeyReused("Idempotency-Key", said.command_id)
        return _done(answer)

    def ask_for(self, command: Command) -> Callable[[Any, Circumstances], Done]:
        """The method a command is named for: `ResolveCase` is answered by `resolve_case`."""
        words = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in type(command).__name__)
        return cast("Callable[[Any, Circumstances], Done]", getattr(self, words.lstrip("_")))


def command_types(application: type[Application]) -> dict[str, type[Command]]:
    """The name of every command this application answers, and its class, as its methods declare them."""
    declared = (getattr(method, "__annotations__", {}).get("command") for method in vars(application).values())
    return {kind.__name__: kind for kind in declared if isinstance(kind, type) and issubclass(kind, Command)}


def _done(answer: Answer) -> Done:
    return Done(answer.aggregate_id, answer.version, answer.position, repeated=True)

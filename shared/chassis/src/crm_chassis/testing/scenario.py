"""Given some commands, when a command, then its facts or its error: the shape of a test of what a service decides."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from eventsourcing.persistence import StoredEvent

from crm_chassis.service import Service
from crm_chassis.testing.builders import PARTITIONS, command_context
from crm_eventlog.aggregate import Aggregate, DomainError
from crm_eventlog.application import Application
from crm_eventlog.command import Command
from crm_eventlog.migrate import migrate
from crm_eventlog.store import open_engine, open_store


@dataclass(frozen=True)
class Outcome:
    """The outcome of one command: the facts it recorded, or the error by which it was rejected."""

    facts: tuple[Any, ...] = ()
    error: DomainError | None = None

    def then(self, *kinds: type[Aggregate.Event], **fields: Any) -> None:
        """Fail unless exactly these facts were recorded, and the last of them has these fields."""
        if self.error is not None:
            raise AssertionError(f"rejected: {self.error}")
        if tuple(type(fact) for fact in self.facts) != kinds:
            raise AssertionError(f"recorded {[type(fact).__qualname__ for fact in self.facts]}")
        found = {name: getattr(self.facts[-1], name) for name in fields} if fields else {}
        if found != fields:
            raise AssertionError(f"{type(self.facts[-1]).__qualname__} has {found}, not {fields}")

    def then_rejected(self, error: type[DomainError], field: str, value: object) -> None:
        """Fail unless the command was rejected by this error, about this field and value."""
        if self.error is None:
            raise AssertionError(f"recorded {[type(fact).__qualname__ for fact in self.facts]}")
        found = (type(self.error), self.error.field, self.error.value)
        if found != (error, field, value):
            raise AssertionError(f"rejected by {found}")


@dataclass(frozen=True)
class Given:
    """A service in which some commands were executed, each at noon by Lin Mei unless its context says otherwise."""

    application: Application
    numbers: Iterator[int]

    def when(self, command: Command, **context: Any) -> Outcome:
        """Execute one more command. Return its facts in the order of recording, or its error."""
        known = self._positions()
        named = {"command_id": f"command {next(self.numbers)}", **context}
        try:
            self.application.execute(command, command_context(**named))
        except DomainError as error:
            return Outcome(error=error)
        store = self.application.store
        new = [fact for part, pos in known.items() for fact in store.read(part, pos, 1_000)]
        stored = [StoredEvent(fact.originator_id, fact.originator_version, fact.topic, fact.state) for fact in new]
        return Outcome(tuple(self.application.mapper.to_domain_event(fact) for fact in stored))

    def _positions(self) -> dict[int, int]:
        return {part: n for part, (n, _) in self.application.store.heads().items()}


@contextmanager
def scenario(service: Service, directory: Path) -> Iterator[Callable[..., Given]]:
    """Yield `given(*commands)` on an empty SQLite store of this service in `directory`."""
    engine = open_engine(f"sqlite:///{directory / service.name}-scenario.db")
    migrate(engine, partitions=PARTITIONS)
    state = Given(service.application(open_store(engine, source=service.name, partitions=PARTITIONS)), count(1))

    def given(*commands: Command, **context: Any) -> Given:
        for command in commands:
            outcome = state.when(command, **context)
            if outcome.error is not None:
                raise AssertionError(f"given {type(command).__name__} was rejected: {outcome.error}")
        return state

    try:
        yield given
    finally:
        engine.dispose()

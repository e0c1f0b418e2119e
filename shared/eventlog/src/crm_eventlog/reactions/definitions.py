"""Definitions of reactions: whenever an event, then a command, a deadline or an effect on the outside world."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from crm_eventlog.command import Command
from crm_eventlog.envelope import CloudEvent


@dataclass(frozen=True)
class Policy:
    """A rule: whenever `whenever`, then the command that `then` returns, or none.

    `then` is pure: it gets the event and the time at which it happened. The command's id derives from the policy's name
    and the event's id. So a redelivered event gives the same command, which is executed once.
    """

    whenever: type[Any]
    then: Callable[[Any, datetime], Command | None]

    @property
    def name(self) -> str:
        return self.then.__name__


@dataclass(frozen=True)
class ScheduleDeadline:
    """An order to execute `command` at `due_at`, unless the deadline of this kind and subject is moved or cancelled."""

    kind: str
    subject: UUID
    due_at: datetime
    command: Command


@dataclass(frozen=True)
class CancelDeadline:
    """An order to cancel the deadline of this kind and subject."""

    kind: str
    subject: UUID


@dataclass(frozen=True)
class Deadline:
    """A rule: whenever `whenever`, schedule, move or cancel a deadline. `then` is pure, like a policy's.

    `then` may return one step, several (one event may set two deadlines), or none.
    """

    whenever: type[Any]
    then: Callable[
        [Any, datetime], ScheduleDeadline | CancelDeadline | tuple[ScheduleDeadline | CancelDeadline, ...] | None
    ]

    @property
    def name(self) -> str:
        return self.then.__name__


@dataclass(frozen=True)
class Effect:
    """An action outside: whenever `whenever`, `then` is called with the whole event. It may be called again.

    `close` releases its resources, once it is no longer called.
    """

    whenever: type[Any]
    then: Callable[[CloudEvent], None]
    close: Callable[[], None] = lambda: None

    @property
    def name(self) -> str:
        return self.then.__name__

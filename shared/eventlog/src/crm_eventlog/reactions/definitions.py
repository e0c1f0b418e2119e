"""What a reaction is: whenever an event, then a command, a deadline, or an effect on the world outside."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from crm_eventlog.command import Command
from crm_eventlog.envelope import CloudEvent


@dataclass(frozen=True)
class Policy:
    """Whenever `whenever`, then the command that `then` returns, or nothing.

    `then` is pure: it gets the event and when it happened. The command's id is derived from the policy's name and the
    event's id, so an event that is heard again is a command that is answered once.
    """

    whenever: type[Any]
    then: Callable[[Any, datetime], Command | None]

    @property
    def name(self) -> str:
        return self.then.__name__


@dataclass(frozen=True)
class ScheduleDeadline:
    """From now on `command` falls due at `due_at`, unless the deadline of this kind and subject is moved or cleared."""

    kind: str
    subject: UUID
    due_at: datetime
    command: Command


@dataclass(frozen=True)
class CancelDeadline:
    """The deadline of this kind and subject no longer stands."""

    kind: str
    subject: UUID


@dataclass(frozen=True)
class Deadline:
    """Whenever `whenever`, a deadline is set, moved or cleared; `then` is pure, as a policy's.

    `then` may return one step, several (one event may set two deadlines), or nothing.
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
    """Whenever `whenever`, something happens outside; `then` gets the whole event and must bear being called again.

    `close` lets go of what is held open for it, once nothing more is asked of it.
    """

    whenever: type[Any]
    then: Callable[[CloudEvent], None]
    close: Callable[[], None] = lambda: None

    @property
    def name(self) -> str:
        return self.then.__name__

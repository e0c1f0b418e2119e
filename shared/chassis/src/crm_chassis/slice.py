"""A slice: one capability of a service, with everything that belongs to it in one folder."""

import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from fastapi import APIRouter
from sqlalchemy import Engine

from crm_chassis.clock import Clock
from crm_eventlog.aggregate import Aggregate
from crm_eventlog.application import Handler, registry_of
from crm_eventlog.command import Command
from crm_eventlog.projection import ReadModel
from crm_eventlog.publishing import Publish
from crm_eventlog.reactions import Deadline, Effect, Policy

# Called once a process has its settings, its application, its database and its clock, which effects need.
EffectsOf = Callable[[Any, Any, Engine, Clock], tuple[Effect, ...]]


class CommandWithoutHandler(TypeError):
    """A command of a slice's module that no function of the slice handles."""


@dataclass(frozen=True, kw_only=True)
class Slice:
    """One capability of a service, about one aggregate.

    `handlers` are called over HTTP and by the service itself. `internal_handlers` are called by its clock, its policies
    and its effects only. `publish` turns a fact of the slice's aggregates into a public event, or into None if the fact
    stays private.
    """

    name: str
    aggregates: tuple[type[Aggregate], ...] = ()
    handlers: tuple[Handler, ...] = ()
    internal_handlers: tuple[Handler, ...] = ()
    publish: Publish | None = None
    read_models: tuple[ReadModel, ...] = ()
    policies: tuple[Policy, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    effects: EffectsOf | None = None
    routers: tuple[APIRouter, ...] = ()

    def __post_init__(self) -> None:
        """Reject a command without a handler, and two handlers of one command, when the service is imported."""
        handled = registry_of((*self.handlers, *self.internal_handlers))
        for module in {kind.__module__ for kind in handled}:
            forgotten = _asked_in(module) - handled.keys()
            if forgotten:
                names = ", ".join(sorted(kind.__name__ for kind in forgotten))
                raise CommandWithoutHandler(f"{self.name}: no handler takes {names} of {module}")


def handlers_of(module: ModuleType, *, but: tuple[Handler, ...] = ()) -> tuple[Handler, ...]:
    """Return the handlers that a module defines, in their order, without those in `but`, which have no route."""
    functions = [
        each
        for name, each in vars(module).items()
        if inspect.isfunction(each) and each.__module__ == module.__name__ and not name.startswith("_")
    ]
    return tuple(each for each in functions if each not in but)


def _asked_in(module: str) -> set[type[Command]]:
    """Return the commands of a module, without those that others derive from."""
    kinds = {
        kind
        for kind in vars(sys.modules[module]).values()
        if inspect.isclass(kind) and issubclass(kind, Command) and kind.__module__ == module
    }
    return {kind for kind in kinds if not any(kind in other.__mro__[1:] for other in kinds)}

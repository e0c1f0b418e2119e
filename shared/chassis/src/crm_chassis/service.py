"""A service as one value, written by its composition root and read by everything else."""

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib import metadata
from typing import Any, Self
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy import Engine

import crm_events
from crm_chassis.clock import Clock
from crm_chassis.settings import ServiceSettings
from crm_chassis.slice import Slice
from crm_chassis.web.commands import command_router
from crm_eventlog.aggregate import Aggregate
from crm_eventlog.application import Application, Handler, registry_of
from crm_eventlog.envelope import Parse, Public
from crm_eventlog.projection import ReadModel
from crm_eventlog.publishing import Publish
from crm_eventlog.reactions import Deadline, Effect, Policy
from crm_eventlog.store import EventStore


@dataclass(frozen=True, kw_only=True)
class Service:
    """One service: its name, and its slices in the order of dependence.

    A slice may use those listed before it.
    """

    name: str
    slices: tuple[Slice, ...]
    settings: type[ServiceSettings]
    parse: Parse = crm_events.parse
    about: str = ""
    answers: bool = field(default=True, repr=False)

    def __post_init__(self) -> None:
        """Reject two handlers of one command when the service is imported."""
        registry_of(self.handlers)

    @cached_property
    def version(self) -> str:
        """Return the version of the distribution `crm-NAME`, or "unreleased" without one."""
        try:
            return metadata.version(f"crm-{self.name}")
        except metadata.PackageNotFoundError:
            return "unreleased"

    @property
    def topic(self) -> str:
        """Return the topic on which this service publishes its events."""
        return crm_events.topic_of_publisher(self.name)

    @property
    def aggregates(self) -> tuple[type[Aggregate], ...]:
        """Return the aggregates that this service may read and write."""
        return tuple(aggregate for each in self.slices for aggregate in each.aggregates)

    @property
    def handlers(self) -> tuple[Handler, ...]:
        """Return all handlers, including those without a route."""
        return tuple(handler for each in self.slices for handler in (*each.handlers, *each.internal_handlers))

    @property
    def read_models(self) -> tuple[ReadModel, ...]:
        return tuple(model for each in self.slices for model in each.read_models)

    @property
    def policies(self) -> tuple[Policy, ...]:
        return tuple(policy for each in self.slices for policy in each.policies)

    @property
    def deadlines(self) -> tuple[Deadline, ...]:
        return tuple(deadline for each in self.slices for deadline in each.deadlines)

    def effects(
        self, settings: ServiceSettings, application: Application, engine: Engine, clock: Clock
    ) -> tuple[Effect, ...]:
        """Create the effects of all slices on the outside world."""
        made = [each.effects(settings, application, engine, clock) for each in self.slices if each.effects]
        return tuple(effect for effects in made for effect in effects)

    @cached_property
    def routers(self) -> tuple[APIRouter, ...]:
        """Return the routes of all slices, commands first, or none if the service does not answer."""
        if not self.answers:
            return ()
        commands = command_router(*(handler for each in self.slices for handler in each.handlers))
        return (commands, *(router for each in self.slices for router in each.routers))

    @cached_property
    def _publishers(self) -> Mapping[type[Any], Publish]:
        return {
            fact: each.publish
            for each in self.slices
            if each.publish is not None
            for aggregate in each.aggregates
            for fact in vars(aggregate).values()
            if inspect.isclass(fact) and issubclass(fact, Aggregate.Event)
        }

    def publish(self, fact: object, partition_key: UUID) -> Public | None:
        """Return the public event of a fact, or None where it stays private."""
        publish = self._publishers.get(type(fact))
        return publish(fact, partition_key) if publish else None

    def application(self, store: EventStore) -> Application:
        """Return this service's application over a store."""
        return Application(store, aggregates=self.aggregates, handlers=self.handlers)

    def without_routers(self) -> Self:
        """Return the same service for a process that answers for its health and its metrics only."""
        return replace(self, answers=False)

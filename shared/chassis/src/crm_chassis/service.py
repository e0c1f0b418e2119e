"""What a service is made of, in one value: its composition root writes it, everything else reads it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

from fastapi import APIRouter
from sqlalchemy import Engine

import crm_events
from crm_chassis.settings import ServiceSettings
from crm_eventlog.application import Application
from crm_eventlog.envelope import Parse
from crm_eventlog.projection import ReadModel
from crm_eventlog.reactions import Deadline, Effect, Policy
from crm_eventlog.relay import Publish

Clock = Callable[[], datetime]
# Made once a process has its settings, its application, its database and its clock: what an effect needs to act and
# to report.
EffectsOf = Callable[[Any, Any, Engine, Clock], tuple[Effect, ...]]


def no_effects(settings: ServiceSettings, application: Application, engine: Engine, clock: Clock) -> tuple[Effect, ...]:
    """Of a service that touches nothing outside."""
    return ()


@dataclass(frozen=True, kw_only=True)
class Service:
    """One service: its name, its decisions, what it says, what it shows and how it reacts."""

    name: str
    application: type[Application]
    publish: Publish
    read_models: tuple[ReadModel, ...]
    routers: tuple[APIRouter, ...]
    settings: type[ServiceSettings]
    policies: tuple[Policy, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    effects: EffectsOf = no_effects
    parse: Parse = crm_events.parse
    about: str = ""
    version: str = "0.1.0"

    @property
    def topic(self) -> str:
        """Where this service says what became true."""
        return f"crm.{self.name}.v1"

    def without_routers(self) -> Self:
        """The same service for a process that answers for its health and its figures only."""
        return replace(self, routers=())

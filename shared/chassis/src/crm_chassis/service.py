"""What a service is made of, in one value: its composition root writes it, everything else reads it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from crm_eventlog.application import Application
from crm_eventlog.projection import ReadModel
from crm_eventlog.reactions import Deadline, Effect, Policy
from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import Engine

from crm_chassis.settings import ServiceSettings

# Made once a process has its settings, its application and its database: what an effect needs to act and to report.
EffectsOf = Callable[[Any, Any, Engine], tuple[Effect, ...]]
# Own fact and its partition key -> public event, or nothing for a fact that stays private.
Publish = Callable[[object, UUID], BaseModel | None]


def no_effects(settings: ServiceSettings, application: Application, engine: Engine) -> tuple[Effect, ...]:
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
    about: str = ""
    version: str = "0.1.0"

"""Checks that every service must pass, whatever its slices. Each function returns what is missing."""

import inspect
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import is_dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from crm_chassis.service import Service
from crm_chassis.testing.builders import NOON, topics_heard
from crm_chassis.testing.interleaving import rows_after
from crm_chassis.testing.running import help_of
from crm_chassis.testing.web_client import Client
from crm_chassis.web.problem import kebab
from crm_eventlog.aggregate import Aggregate, DomainError
from crm_eventlog.envelope import CloudEvent
from crm_eventlog.facts import FactMapper, fields_of
from crm_kernel import LocalizedText


def facts_of(service: Service) -> frozenset[str]:
    """Return the stored names of all facts that the slices may write."""
    return frozenset(
        f"{aggregate.__name__}.{name}"
        for aggregate in service.aggregates
        for name, kind in vars(aggregate).items()
        if inspect.isclass(kind) and issubclass(kind, Aggregate.Event) and name not in ("Event", "Created")
    )


def errors_of(service: Service) -> list[type[DomainError]]:
    """Return every error that the service's own package defines."""
    package = f"crm_{service.name}"
    found = {
        kind
        for name, module in list(sys.modules.items())
        if name.partition(".")[0] == package
        for kind in vars(module).values()
        if inspect.isclass(kind) and issubclass(kind, DomainError) and kind.__module__.partition(".")[0] == package
    }
    return sorted(found, key=lambda kind: f"{kind.__module__}.{kind.__qualname__}")


def errors_without_words(service: Service) -> list[str]:
    """Return the errors that lack a message or a hint of their own in one of the two languages."""
    return [
        f"{kind.__name__}.{name}" for kind in errors_of(service) for name in ("message", "hint") if _lacks(kind, name)
    ]


def _lacks(kind: type[DomainError], name: str) -> bool:
    text: LocalizedText = getattr(kind, name)
    if text == getattr(DomainError, name):
        # A message that names an amount is set when the error is raised.
        return not (name == "message" and "__init__" in vars(kind))
    return not (text.en.endswith(".") and text.zh.endswith("。"))


def missing_from_help(service: Service) -> list[str]:
    """Return what `python -m crm_X --help` lacks: its usage, its variables or the service's description."""
    output = help_of(f"crm_{service.name}")
    prefix = f"CRM_{service.name.upper()}_"
    due = [
        f"usage: python -m crm_{service.name} [-h] WHAT",
        *(f"  {prefix}{name.upper()}" for name in _settings(service)),
    ]
    words = " ".join(output.split())
    return [each for each in due if each not in output] + ([] if service.about in words else [service.about])


def _settings(service: Service) -> Iterator[str]:
    yield from service.settings.model_fields


def undocumented(service: Service, web: Client) -> list[str]:
    """Return the commands and pages that the OpenAPI document does not name under their tag."""
    paths = web.get("/openapi.json").json()["paths"]
    commands = {f"/commands/{kebab(handler.__name__)}" for each in service.slices for handler in each.handlers}
    return sorted(path for path in commands if "commands" not in paths.get(path, {}).get("post", {}).get("tags", []))


def answered_differently(web: Client, requests: Iterable[tuple[str, Mapping[str, Any]]]) -> list[str]:
    """Return the commands whose repetition under the same key gets another answer."""
    found = []
    for number, (name, body) in enumerate(requests):
        first, again = (web.command(name, body, idempotency_key=f"owed/{number}") for _ in range(2))
        due = first.json() | ({"repeated": True} if first.status_code in (200, 201) else {})
        due.pop("correlation_id", None)
        given = again.json()
        given.pop("correlation_id", None)
        if given != due:
            found.append(name)
    return found


def rows_that_differ(service: Service, events: Sequence[CloudEvent]) -> list[str]:
    """Return the read models whose rows depend on how events are cut into batches, or on redelivery."""
    found = []
    for model in service.read_models:
        mine = topics_heard(model, events)
        whole = rows_after(model, [list(mine)])
        if whole != rows_after(model, [[event] for event in mine]) or whole != rows_after(
            model, [list(mine), list(mine)]
        ):
            found.append(model.name)
    return found


def private_facts(service: Service) -> frozenset[str]:
    """Return the stored names of the facts that stay private.

    Each fact is made with a value in every field and published. A fact whose publication fails raises the error.
    """
    return frozenset(
        name
        for name, kind in FactMapper(service.aggregates).classes.items()
        if name in facts_of(service) and service.publish(_some(kind), UUID(int=7)) is None
    )


def _some(kind: type[Any]) -> Any:
    fact = object.__new__(kind)
    vars(fact).update({name: _value(each) for name, each in fields_of(kind).items()}, originator_id=UUID(int=1))
    return fact


def _value(kind: Any) -> Any:
    """Return some value of a type that stands in a fact."""
    if get_origin(kind) in (Union, UnionType):
        return _value(next(each for each in get_args(kind) if each is not NoneType))
    if get_origin(kind) is tuple:
        return (_value(get_args(kind)[0]),)
    if get_origin(kind) in (dict, Mapping):
        return {}
    if issubclass(kind, Enum):
        return next(iter(kind))
    if is_dataclass(kind):
        make: Any = kind
        return make(**{name: _value(each) for name, each in get_type_hints(kind).items()})
    return _VALUES[kind]


_VALUES: Mapping[type[Any], Any] = {
    str: "CNY",
    int: 1,
    bool: True,
    Decimal: Decimal(1),
    UUID: UUID(int=3),
    date: date(2026, 3, 1),
    datetime: NOON,
    timedelta: timedelta(days=1),
}

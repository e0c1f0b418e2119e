"""Lists in the README of each service, between markers: its commands, its events and the addresses it answers."""

import inspect
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI

from crm_chassis.customer_history import CUSTOMER_HISTORY
from crm_chassis.service import Service
from crm_chassis.web.problem import kebab
from crm_eventlog.application import command_of
from crm_events import EVENTS_BY_PUBLISHER
from tests.contracts.listening import services

ROOT = Path(__file__).parents[1]
Row = tuple[str, ...]
# Every page and every read takes these.
_EVERYWHERE = frozenset({"cursor", "limit", "at_least", "as_of"})


class MarkersMissing(ValueError):
    """A README has no place for one of the lists."""


def files() -> Mapping[Path, str]:
    """Return the README of every service with its lists as of today."""
    readmes = [(ROOT / "services" / name / "README.md", service) for name, service in services().items()]
    return {path: with_lists(path.read_text("utf-8"), lists_of(service)) for path, service in readmes}


def lists_of(service: Service) -> Mapping[str, str]:
    """Return the lists of a service by the name of their markers."""
    return {
        "commands": _table(("slice", "command", "what it does"), commands_of(service)),
        "events": _table(("slice", "events"), events_of(service)),
        "addresses": _table(("slice", "address", "what it shows"), addresses_of(service)),
    }


def commands_of(service: Service) -> Iterator[Row]:
    """Yield every command, slice by slice, with what it does; those that nobody asks over HTTP come last."""
    answered = _paths(service.routers)
    handled = [(each.name, handler) for each in service.slices for handler in each.handlers]
    handled += [(each.name, handler) for each in service.slices for handler in each.internal_handlers]
    for name, handler in handled:
        command, path = command_of(handler), f"/commands/{kebab(handler.__name__)}"
        asked = f"`POST {path}`" if path in answered else f"`{command.__name__}`, asked by the service itself"
        yield name, asked, _sentence(inspect.getdoc(command) or "")


def events_of(service: Service) -> Iterator[Row]:
    """Yield the events of a service, slice by slice."""
    for name, events in groupby(EVENTS_BY_PUBLISHER[service.name], key=lambda event: event.__module__):
        yield name.rpartition(".")[2], ", ".join(f"`{event.__name__}`" for event in events)


def addresses_of(service: Service) -> Iterator[Row]:
    """Yield every address that is read, slice by slice, and what it shows."""
    for each in service.slices:
        if each.name != CUSTOMER_HISTORY.name:
            for path, methods in _paths(each.routers).items():
                if asked := methods.get("get"):
                    yield each.name, f"`GET {path}{_query(asked)}`", _sentence(asked["description"])


def _paths(routers: Iterable[APIRouter]) -> Mapping[str, Any]:
    """Return what these routers answer, as OpenAPI describes it, by its path."""
    app = FastAPI()
    for router in routers:
        app.include_router(router)
    paths: Mapping[str, Any] = app.openapi()["paths"]
    return paths


def with_lists(readme: str, lists: Mapping[str, str]) -> str:
    """Return the text with each list between its markers, `<!-- events -->` and `<!-- /events -->`."""
    for name, text in lists.items():
        between = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        found = between.search(readme)
        if not found:
            raise MarkersMissing(f"no <!-- {name} --> and <!-- /{name} -->")
        readme = f"{readme[: found.start()]}{found[1]}{text.rstrip()}\n{found[2]}{readme[found.end() :]}"
    return readme


def _query(asked: Mapping[str, Any]) -> str:
    names = [each["name"] for each in asked.get("parameters", ()) if each["in"] == "query"]
    own = [f"{name}=" for name in names if name not in _EVERYWHERE]
    return f"?{'&'.join(own)}" if own else ""


def _sentence(text: str) -> str:
    return " ".join(text.partition("\n\n")[0].split()).rstrip(".").replace("|", "\\|")


def _table(head: Row, rows: Iterable[Row]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)

"""The web application of a service: routers, problem details everywhere, health and metrics."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from fastapi import Depends, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from sqlalchemy import Engine

from crm_chassis.clock import Clock, NewId, new_id, now
from crm_chassis.lag import Lags, ReaderLag
from crm_chassis.settings import ServiceSettings
from crm_chassis.web import database_errors, error_handlers, health
from crm_chassis.web.metrics import Metrics
from crm_chassis.web.problem import MEDIA_TYPE, Problem
from crm_chassis.web.request_middleware import Hosts, Observing
from crm_chassis.web.storable_values import UnprintableText
from crm_eventlog.application import Application

if TYPE_CHECKING:
    from crm_chassis.service import Service
    from crm_chassis.tracing.spans import Tracing

_PROBLEM = {"content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
_EVERYWHERE = {
    "422": "A value is not acceptable; `errors` names each with its rule and a hint.",
    "503": "The database does not answer, or the position is not shown yet; Retry-After says when to try again.",
    "default": "Any other error.",
}
_OF_COMMANDS = {
    "404": "The record of the command does not exist.",
    "409": "A rule does not allow it, or the record has changed.",
    "507": "The database has no space left; nothing was written.",
    "412": "The record no longer has the version in If-Match.",
}


def no_lags() -> Sequence[ReaderLag]:
    """Return no lag, for a process without readers."""
    return ()


def create_app(
    service: "Service",
    application: Application,
    engine: Engine,
    *,
    settings: ServiceSettings,
    clock: Clock = now,
    new_id: NewId = new_id,
    visible: Callable[[str], bool] = lambda position: True,
    lags: Lags = no_lags,
    hosts: Hosts = lambda host: True,
    tracing: "Tracing | None" = None,
) -> FastAPI:
    """Create the service's web application. Clock, ids and the lag of the readers are passed in."""
    app = FastAPI(
        title=f"crm-{service.name}",
        version=service.version,
        description=service.about,
        dependencies=[Depends(_printable)],
    )
    metrics = Metrics(service.name)
    app.state.service, app.state.application, app.state.engine = service, application, engine
    app.state.settings, app.state.clock, app.state.new_id = settings, clock, new_id
    app.state.visible, app.state.lags, app.state.metrics = visible, lags, metrics
    for router in (*service.routers, health.router):
        app.include_router(router)
    error_handlers.install(app)
    database_errors.install(app)
    app.add_middleware(Observing, new_id=new_id, metrics=metrics, hosts=hosts)
    application.store.watching = metrics.appending
    if tracing is not None:
        _trace(app, tracing)
    app.openapi = lambda: _documented(app)  # type: ignore[method-assign]
    return app


def _trace(app: FastAPI, tracing: "Tracing") -> None:
    """Add tracing as the outermost middleware, so that the log lines of a request carry its trace."""
    from crm_chassis.tracing.spans import Traced

    store = app.state.application.store
    store.watching = tracing.appending(store.engine.dialect.name, store.watching)
    app.add_middleware(Traced, tracing=tracing)


def _printable(request: Request) -> None:
    """Reject an address with a NUL character, which no database accepts."""
    for name, value in (*request.path_params.items(), *request.query_params.multi_items()):
        if "\x00" in f"{name}{value}":
            raise UnprintableText(name.replace("\x00", ""), value)


def _documented(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document, with problem details as the response to every error of every operation."""
    if app.openapi_schema:
        return app.openapi_schema
    document = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes, tags=app.openapi_tags
    )
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs", {}), Problem=problem)
    for path, operations_of_path in document["paths"].items():
        refused = _EVERYWHERE | (_OF_COMMANDS if path.startswith("/commands/") else {})
        for operation in operations_of_path.values():
            answers = operation["responses"]
            # Responses that an operation documents itself stay, except the framework's own 422.
            ours = {status: why for status, why in refused.items() if status == "422" or status not in answers}
            answers.update({status: {"description": why, **_PROBLEM} for status, why in ours.items()})
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    app.openapi_schema = document
    return document

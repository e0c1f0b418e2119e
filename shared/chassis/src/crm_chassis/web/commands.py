"""Commands over HTTP: one POST per handler, under its name."""

import inspect
from collections.abc import Callable
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from crm_chassis.web.context import Context
from crm_chassis.web.problem import kebab
from crm_chassis.web.storable_values import reject_unstorable
from crm_eventlog.application import Application, Handler, command_of
from crm_eventlog.command import Command

_ETAG = {"ETag": {"description": "The record's version, for If-Match.", "schema": {"type": "string"}}}


class CommandResponse(BaseModel):
    """The result of a command: the record, its version, and the position to wait for when reading it back."""

    id: UUID = Field(description="The record of the command.")
    version: int = Field(description="Its current version, also the ETag.")
    position: str = Field(description="Pass it as at_least to read your own write; empty if nothing changed.")
    repeated: bool = Field(description="True if the command was executed before; this is its first result.")


def command_router(*handlers: Handler) -> APIRouter:
    """Return a router with one POST per handler: `resolve_case` answers at `/commands/resolve-case`."""
    router = APIRouter(prefix="/commands", tags=["commands"])
    for handler in handlers:
        name, kind = handler.__name__, command_of(handler)
        router.add_api_route(
            f"/{kebab(name)}",
            _endpoint(kind),
            methods=["POST"],
            status_code=201,
            response_model=CommandResponse,
            name=name,
            operation_id=name,
            summary=name.replace("_", " ").capitalize(),
            description=inspect.getdoc(handler) or inspect.getdoc(kind),
            response_description="The command was executed.",
            responses={
                200: {
                    "model": CommandResponse,
                    "description": "The command was executed before, or changed nothing.",
                    "headers": _ETAG,
                },
                201: {"headers": _ETAG},
            },
        )
    return router


def _endpoint(kind: type[Command]) -> Callable[..., CommandResponse]:
    """Return the endpoint of one command. It is synchronous, so it waits for the database in a thread."""

    def endpoint(command: Any, context: Context, request: Request, response: Response) -> CommandResponse:
        reject_unstorable(command.model_dump())
        application: Application = request.app.state.application
        result = application.execute(command, context)
        response.headers["ETag"] = f'"{result.version}"'
        response.status_code = 201 if result.position and not result.repeated else 200
        return CommandResponse(id=result.id, version=result.version, position=result.position, repeated=result.repeated)

    endpoint.__annotations__["command"] = kind
    return endpoint

"""Commands over HTTP: one POST per command, named for it, answered by the application's method of the same name."""

import inspect
from collections.abc import Callable
from typing import Any, get_type_hints
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from crm_chassis.web.circumstances import Said
from crm_chassis.web.keepable import refuse_unkeepable
from crm_chassis.web.problem import kebab
from crm_eventlog.application import Application, Done
from crm_eventlog.command import Command

_ETAG = {"ETag": {"description": "The record's version, for If-Match.", "schema": {"type": "string"}}}


class Accepted(BaseModel):
    """What a command made true: which record, at which version, and the position to wait for when reading it back."""

    id: UUID = Field(description="The record the command was about.")
    version: int = Field(description="Its version now; also the ETag.")
    position: str = Field(description="Pass it as at_least to read what you wrote; empty when nothing new became true.")
    repeated: bool = Field(description="True when this very command was answered before, and this is the first answer.")


def command_router(application: type[Application], *names: str) -> APIRouter:
    """A router with one POST per application method: `resolve_case` is asked at `/commands/resolve-case`."""
    router = APIRouter(prefix="/commands", tags=["commands"])
    for name in names:
        method = getattr(application, name)
        router.add_api_route(
            f"/{kebab(name)}",
            _asking(name, command_of(method)),
            methods=["POST"],
            status_code=201,
            response_model=Accepted,
            name=name,
            operation_id=name,
            summary=name.replace("_", " ").capitalize(),
            description=inspect.getdoc(method) or inspect.getdoc(command_of(method)),
            response_description="It became true now.",
            responses={
                200: {
                    "model": Accepted,
                    "description": "It was answered before, or changed nothing.",
                    "headers": _ETAG,
                },
                201: {"headers": _ETAG},
            },
        )
    return router


def command_of(method: Callable[..., Done]) -> type[Command]:
    """The command an application method takes, by its annotation."""
    kind = get_type_hints(method).get("command")
    if not (inspect.isclass(kind) and issubclass(kind, Command)):
        raise TypeError(f"{method.__qualname__}(self, command: ..., said: Circumstances) must name its Command")
    return kind


def _asking(name: str, kind: type[Command]) -> Callable[..., Accepted]:
    """The endpoint of one command; synchronous, so the database is waited for in a thread."""

    def ask(command: Any, said: Said, request: Request, response: Response) -> Accepted:
        refuse_unkeepable(command.model_dump())
        application: Application = request.app.state.application
        done = application.perform(getattr(application, name), command, said)
        response.headers["ETag"] = f'"{done.version}"'
        response.status_code = 201 if done.position and not done.repeated else 200
        return Accepted(id=done.id, version=done.version, position=done.position, repeated=done.repeated)

    ask.__annotations__["command"] = kind
    return ask

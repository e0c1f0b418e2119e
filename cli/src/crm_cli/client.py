"""A client of the services over HTTP, as a touchpoint has one."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from crm_cli.errors import CliError

_FIRST_PAUSE, _LAST_PAUSE = 0.02, 0.25


class Refusal(CliError):
    """A command or query that a service rejected, with its problem details."""

    def __init__(self, service: str, command: str, status: int, problem: Mapping[str, Any]) -> None:
        super().__init__(f"{service} refused {command}: {problem.get('detail') or problem.get('title')}")
        self.status = status
        self.problem = dict(problem)


class Unreachable(CliError):
    """A service that does not answer."""


class WaitTimedOut(CliError):
    """An event or a position that did not come in time."""


@dataclass(frozen=True, kw_only=True)
class Touchpoint:
    """A person who acts, with a role, at a unit and on a channel."""

    actor: str
    role: str
    unit: str
    channel: str

    def headers(self) -> dict[str, str]:
        """Return the request headers that say so."""
        return {
            "Crm-Actor": quote(self.actor, safe=" ._-"),
            "Crm-Role": self.role,
            "Crm-Unit": quote(self.unit, safe=" ._-"),
            "Crm-Channel": self.channel,
        }


class CrmClient:
    """A connection to each service."""

    def __init__(self, addresses: Mapping[str, str], *, language: str = "en", timeout: float = 30.0) -> None:
        self.clients = {
            service: httpx.AsyncClient(base_url=url, timeout=timeout, headers={"Accept-Language": language})
            for service, url in addresses.items()
        }

    async def __aenter__(self) -> "CrmClient":
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.gather(*(client.aclose() for client in self.clients.values()))

    async def ask(
        self,
        service: str,
        command: str,
        body: Mapping[str, Any],
        *,
        by: Touchpoint,
        at: datetime | None = None,
        key: str | None = None,
        correlation: str | None = None,
    ) -> dict[str, Any]:
        """Send a command (`ask-question`) and return the service's answer, or raise `Refusal`."""
        headers = by.headers()
        given = {
            "Crm-Occurred-At": at.isoformat() if at else None,
            "Idempotency-Key": key,
            "Crm-Correlation-Id": correlation,
        }
        headers |= {name: value for name, value in given.items() if value}
        async with self._reaching(service) as client:
            answer = await client.post(f"/commands/{command}", json=dict(body), headers=headers)
        done: dict[str, Any] = _content(answer, service, command)
        return done

    async def read(self, service: str, path: str, **query: Any) -> Any:
        """Return the answer to a query, or raise `Refusal`."""
        async with self._reaching(service) as client:
            answer = await client.get(path, params=query)
        return _content(answer, service, f"GET {path}")

    async def health(self, service: str) -> dict[str, Any]:
        """Return the lag of the service's readers, also where the service is not ready."""
        async with self._reaching(service) as client:
            answer = await client.get("/health/ready")
        content: dict[str, Any] = answer.json()
        return content

    async def first_to_answer(self) -> str:
        """Return the first service, in the order of the addresses, that answers, or raise `Unreachable`."""
        for service in self.clients:
            try:
                async with self._reaching(service) as client:
                    await client.get("/health/live")
                return service
            except Unreachable as unreachable:
                trouble = unreachable
        raise trouble

    async def history(self, service: str, customer_id: UUID, **query: Any) -> list[dict[str, Any]]:
        """Return the whole history of a customer as one service shows it, newest first."""
        entries: list[dict[str, Any]] = []
        cursor: dict[str, str] = {}
        while True:
            page = await self.read(service, f"/customers/{customer_id}/history", limit=200, **query, **cursor)
            entries += page["items"]
            if not page["next"]:
                return entries
            cursor = {"cursor": page["next"]}

    async def wait_for_event(
        self, service: str, customer_id: UUID, event: str, *, count: int = 1, within: float = 60.0
    ) -> list[dict[str, Any]]:
        """Wait until this service shows the event (`PointsEarned`) of a customer, and return its entries."""
        wanted = f".{event}.v1"
        wait = _FIRST_PAUSE
        try:
            async with asyncio.timeout(within):
                while True:
                    entries = await self.history(service, customer_id)
                    seen = [entry for entry in entries if entry["type"].endswith(wanted)]
                    if len(seen) >= count:
                        return seen
                    await asyncio.sleep(wait)
                    wait = min(2 * wait, _LAST_PAUSE)
        except TimeoutError:
            raise WaitTimedOut(
                f"{service} did not show {event} within {within:.0f} s: `crm lag` shows what waits"
            ) from None

    @asynccontextmanager
    async def _reaching(self, service: str) -> AsyncIterator[httpx.AsyncClient]:
        client = self.clients[service]
        try:
            yield client
        except httpx.TransportError as trouble:
            raise Unreachable(
                f"{service} does not answer at {client.base_url} ({type(trouble).__name__}): "
                "`crm lag` shows which services do"
            ) from trouble


def _content(answer: httpx.Response, service: str, command: str) -> Any:
    if not answer.is_error:
        return answer.json()
    try:
        problem = answer.json()
    except ValueError:
        problem = {"detail": f"HTTP {answer.status_code}"}
    raise Refusal(service, command, answer.status_code, problem)

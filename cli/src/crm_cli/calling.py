"""Calling the services over HTTP, as a touchpoint does."""

import asyncio
import importlib.util
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from crm_cli.leaving import CannotBeDone

if importlib.util.find_spec("sniffio") is None:
    # Under every request httpx looks for it five times; a search that is sure to fail takes longer than the call.
    sys.modules["sniffio"] = None  # type: ignore[assignment]

_FIRST_PAUSE, _LAST_PAUSE = 0.02, 0.25


class Refusal(CannotBeDone):
    """A service said no; carries its problem details."""

    def __init__(self, service: str, command: str, status: int, problem: Mapping[str, Any]) -> None:
        super().__init__(f"{service} refused {command}: {problem.get('detail') or problem.get('title')}")
        self.status = status
        self.problem = dict(problem)


class Unreachable(CannotBeDone):
    """A service does not answer."""


class NeverSeen(CannotBeDone):
    """What was waited for did not come in time."""


@dataclass(frozen=True, kw_only=True)
class Touchpoint:
    """Who acts, and where."""

    actor: str
    role: str
    unit: str
    channel: str

    def headers(self) -> dict[str, str]:
        """As the services read them."""
        return {
            "Crm-Actor": quote(self.actor, safe=" ._-"),
            "Crm-Role": self.role,
            "Crm-Unit": quote(self.unit, safe=" ._-"),
            "Crm-Channel": self.channel,
        }


class Callers:
    """One connection to each service."""

    def __init__(self, addresses: Mapping[str, str], *, language: str = "en", timeout: float = 30.0) -> None:
        self.clients = {
            service: httpx.AsyncClient(base_url=url, timeout=timeout, headers={"Accept-Language": language})
            for service, url in addresses.items()
        }

    async def __aenter__(self) -> "Callers":
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
        """Give a command (`ask-question`); the service's answer, or `Refusal`."""
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
        """What a read model shows; `Refusal` when the service says no."""
        async with self._reaching(service) as client:
            answer = await client.get(path, params=query)
        return _content(answer, service, f"GET {path}")

    async def health(self, service: str) -> dict[str, Any]:
        """How far the service's readers are behind, whether that is still ready or not."""
        async with self._reaching(service) as client:
            answer = await client.get("/health/ready")
        content: dict[str, Any] = answer.json()
        return content

    async def first_to_answer(self) -> str:
        """A service that answers, in the order in which they were named; `Unreachable` when none does."""
        for service in self.clients:
            try:
                async with self._reaching(service) as client:
                    await client.get("/health/live")
                return service
            except Unreachable as unreachable:
                trouble = unreachable
        raise trouble

    async def history(self, service: str, customer_id: UUID, **query: Any) -> list[dict[str, Any]]:
        """The whole history of a customer as one service sees it, newest first."""
        entries: list[dict[str, Any]] = []
        cursor: dict[str, str] = {}
        while True:
            page = await self.read(service, f"/customers/{customer_id}/history", limit=200, **query, **cursor)
            entries += page["items"]
            if not page["next"]:
                return entries
            cursor = {"cursor": page["next"]}

    async def until_seen(
        self, service: str, customer_id: UUID, event: str, *, count: int = 1, within: float = 60.0
    ) -> list[dict[str, Any]]:
        """Wait until this service shows the event (`PointsEarned`) in the customer's history; those entries."""
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
            raise NeverSeen(
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

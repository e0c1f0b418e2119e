"""Calling the services over HTTP, as a touchpoint does."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx


class Refusal(Exception):
    """A service said no; carries its problem details."""

    def __init__(self, service: str, command: str, problem: Mapping[str, Any]) -> None:
        super().__init__(f"{service} refused {command}: {problem.get('detail') or problem.get('title')}")
        self.problem = dict(problem)


class NeverSeen(Exception):
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
            "Crm-Unit": self.unit,
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
        answer = await self.clients[service].post(f"/commands/{command}", json=dict(body), headers=headers)
        if answer.is_error:
            raise Refusal(service, command, answer.json())
        done: dict[str, Any] = answer.json()
        return done

    async def read(self, service: str, path: str, **query: Any) -> Any:
        """What a read model shows; `Refusal` when the service says no."""
        answer = await self.clients[service].get(path, params=query)
        if answer.is_error:
            raise Refusal(service, f"GET {path}", answer.json())
        return answer.json()

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

    async def until_seen(self, service: str, customer_id: UUID, event: str, *, count: int = 1) -> list[dict[str, Any]]:
        """Wait until this service shows the event (`PointsEarned`) in the customer's history; those entries."""
        wanted = f".{event}.v1"
        try:
            async with asyncio.timeout(60):
                while True:
                    entries = await self.history(service, customer_id)
                    seen = [entry for entry in entries if entry["type"].endswith(wanted)]
                    if len(seen) >= count:
                        return seen
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise NeverSeen(f"{service} did not show {event} within a minute") from None

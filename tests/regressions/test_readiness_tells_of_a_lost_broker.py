"""A broken broker connection is retried for ever while the app looks healthy; our readiness says so in time."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Any
from uuid import uuid4

import httpx
import pytest

from crm_chassis.runner import TaskRunner, run_service
from crm_chassis.testing import SAID_BY
from crm_local.kafka import LocalKafka
from crm_support.service import SERVICE
from crm_support.settings import Settings

TOLERATED = 2.0
DEADLINE = 120


async def state_of(client: httpx.AsyncClient) -> tuple[int, list[str]]:
    answer = await client.get("/health/ready")
    return answer.status_code, answer.json()["reasons"]


async def until_ready(client: httpx.AsyncClient, ready: bool) -> tuple[float, list[str]]:
    """Return the seconds until readiness says so, and its reasons."""
    begun = monotonic()
    async with asyncio.timeout(DEADLINE):
        while (await state_of(client))[0] != (200 if ready else 503):
            pass
    return monotonic() - begun, (await state_of(client))[1]


async def ask(client: httpx.AsyncClient, subject: str) -> dict[str, Any]:
    question = {"customer_id": str(uuid4()), "channel": "web", "subject": subject, "text": "Why?"}
    answer = await client.post("/commands/ask-question", json=question)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


@pytest.mark.fault
@pytest.mark.needs_kafka
def test_a_broker_that_is_gone_shows_in_readiness_and_nothing_is_lost_when_it_is_back(
    server_folder: Path, fresh_database: Callable[[], str]
) -> None:
    async def story(kafka: LocalKafka) -> tuple[float, list[str], int]:
        settings = Settings(
            database_url=fresh_database(),
            log_url=f"kafka://{kafka.address}",
            partitions=2,
            ready_still_seconds=TOLERATED,
            wait_seconds=30,
        )
        async with run_service(SERVICE, settings, migrate=True) as host, caller(host) as client:
            await until_ready(client, True)
            await asyncio.to_thread(kafka.kill, 1)
            done = await ask(client, "asked while the broker is gone")
            seconds, reasons = await until_ready(client, False)
            assert (await client.get("/health/live")).status_code == 200

            await asyncio.to_thread(kafka.restart, 1)
            await until_ready(client, True)
            shown = await client.get(f"/cases/{done['id']}", params={"at_least": done["position"]})
            return seconds, reasons, shown.status_code

    with LocalKafka(server_folder, heap="256m") as kafka:
        seconds, reasons, shown = asyncio.run(story(kafka))

    assert seconds < 10 * TOLERATED
    assert any("has made no progress" in reason for reason in reasons)
    assert shown == 200


def caller(host: TaskRunner) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=host.url, headers=SAID_BY, timeout=60)

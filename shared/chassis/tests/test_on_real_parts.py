"""The notes service on PostgreSQL and Kafka, as separate processes use them."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import httpx

from crm_chassis.runner import run_service
from crm_local import LocalPostgres
from shared.chassis.tests.support.calls import caller, notes_at, take_note
from shared.chassis.tests.support.notes_service import SERVICE, Settings
from shared.chassis.tests.support.slow_notes import slow


def test_what_was_written_is_read_back_on_postgresql_and_kafka(
    fresh_database: Callable[[], str], kafka_server: str, tmp_path: Path
) -> None:
    settings = Settings(database_url=fresh_database(), log_url=f"kafka://{kafka_server}", partitions=4)
    notes = slow(f"notes{uuid4().hex[:10]}", tmp_path)

    async def story() -> list[str]:
        async with run_service(notes, settings.model_copy(update={"wait_seconds": 30.0}), migrate=True) as host:
            done = await take_note(host, "likes tea")
            return await notes_at(host, done["position"])

    assert asyncio.run(story()) == ["likes tea"]


def test_while_postgresql_is_down_callers_are_told_when_to_ask_again_and_then_answered(server_folder: Path) -> None:
    async def story(postgres: LocalPostgres) -> list[httpx.Response]:
        settings = Settings(database_url=postgres.url, log_url=f"sqlite:///{server_folder}/log.db", partitions=4)
        async with run_service(SERVICE, settings, migrate=True) as host, caller(host) as client:
            note = {"words": "likes tea"}
            before = await client.post("/commands/take-note", json=note, headers={"Idempotency-Key": "one"})
            postgres.kill()
            down = [await client.post("/commands/take-note", json=note), await client.get("/notes")]
            postgres.start()
            again = await client.post("/commands/take-note", json=note, headers={"Idempotency-Key": "one"})
            return [before, *down, again]

    with LocalPostgres(server_folder / "postgres") as postgres:
        before, *down, again = asyncio.run(story(postgres))

    assert [answer.status_code for answer in down] == [503, 503]
    assert [answer.headers["Retry-After"] for answer in down] == ["5", "5"]
    assert (before.status_code, again.status_code, again.json()["repeated"]) == (201, 200, True)

"""The same service on PostgreSQL and Kafka: separate processes would meet there, and what is written is read back."""

import asyncio
from collections.abc import Callable

from notes_service import SERVICE, Settings
from test_hosting import notes_at, take_note

from crm_chassis.hosting import running


def test_what_was_written_is_read_back_on_postgresql_and_kafka(
    fresh_database: Callable[[], str], kafka_server: str
) -> None:
    settings = Settings(database_url=fresh_database(), log_url=f"kafka://{kafka_server}", partitions=4)

    async def story() -> list[str]:
        async with running(SERVICE, settings.model_copy(update={"wait_seconds": 30.0}), migrate=True) as host:
            done = await take_note(host, "likes tea")
            return await notes_at(host, done["position"])

    assert asyncio.run(story()) == ["likes tea"]

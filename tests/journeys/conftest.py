"""The places of the journeys, and Ms Chen's story once it is told there."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from crm_cli.demo.chen import ChenStory, Names
from tests.journeys.houses import House, house_on, log_nobody_used

REAL = pytest.param("kafka-postgresql", marks=[pytest.mark.needs_kafka, pytest.mark.needs_postgres])


@pytest.fixture(scope="package", params=["embedded", REAL])
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Run five services: on SQLite files, and on Kafka and PostgreSQL with a database for each."""
    folder = tmp_path_factory.mktemp("house")
    if request.param == "embedded":
        with house_on(
            f"sqlite:///{folder}/log.db", lambda name: f"sqlite:///{folder}/{name}.db", folder / "mail"
        ) as it:
            yield it
        return
    fresh_database = request.getfixturevalue("fresh_database")
    with log_nobody_used(request.getfixturevalue("kafka_server")) as log_url:
        with house_on(log_url, fresh_database, folder / "mail") as it:
            yield it


@dataclass(frozen=True)
class Told:
    """A story that was told in a house."""

    house: House
    story: ChenStory

    @property
    def customer_id(self) -> UUID:
        """Return the id of Ms Chen."""
        return self.story.customer_id

    def history(self, service: str, **query: str) -> list[dict[str, Any]]:
        """Return her history as a service shows it, oldest first."""
        return self.house.ask(lambda callers: callers.history(service, self.customer_id, **query))[::-1]

    def said(self, event: str, service: str = "sales") -> list[dict[str, Any]]:
        """Return the sentences of her history at a service about one kind of event (`CaseEscalated`)."""
        return [entry for entry in self.history(service) if entry["type"].endswith(f".{event}.v1")]

    def read(self, service: str, path: str, **query: str) -> Any:
        """Return the answer of a service."""
        return self.house.ask(lambda callers: callers.read(service, path, **query))


def tell_story(house: House, names: Names, **hears: Any) -> Told:
    """Play Ms Chen's story from its first mail to its last redemption."""

    async def play(callers: Any) -> ChenStory:
        story = ChenStory(callers, names, now=datetime.now(UTC), pass_time=house.clock.move_to, **hears)
        await story.play()
        return story

    told = Told(house, house.ask(play))
    house.clock.move_to(None)
    return told


@pytest.fixture(scope="package")
def chen(house: House) -> Told:
    """Return her story when it is over and every service has read it."""
    names = Names(run="journey", first_code="CM-2026-101", second_code="CM-2026-102", card="6688 0001 0001")
    return tell_story(house, names)

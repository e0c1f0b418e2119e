"""On a deploy, a read model of another version is built anew; the code before serves until it is swapped."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from notes_service import SERVICE, Settings
from sqlalchemy import Connection

from crm_chassis.hosting import Host, running
from crm_chassis.service import Service
from crm_chassis.testing import SAID_BY
from crm_eventlog.envelope import CloudEvent
from crm_eventlog.rebuild.shelf import open_shelf

(NOTES,) = SERVICE.read_models


def shouting(events: Sequence[CloudEvent], db: Connection) -> None:
    loud = [event.data.model_copy(update={"words": event.data.words.upper()}) for event in events]
    NOTES.project([replace(event, data=data) for event, data in zip(events, loud, strict=True)], db)


NEXT: Service = replace(SERVICE, read_models=(replace(NOTES, version=2, project=shouting),))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(database_url=f"sqlite:///{tmp_path}/notes.db", log_url=f"sqlite:///{tmp_path}/log.db", partitions=4)


async def take_note(host: Host, words: str) -> str:
    async with httpx.AsyncClient(base_url=host.url, headers=SAID_BY, timeout=30) as client:
        answer = await client.post("/commands/take-note", json={"words": words})
        return str(answer.json()["position"])


async def notes_at(host: Host, position: str = "0:0") -> set[str]:
    async with httpx.AsyncClient(base_url=host.url, headers=SAID_BY, timeout=30) as client:
        answer = await client.get("/notes", params={"at_least": position})
        return {note["words"] for note in answer.json()["items"]}


def test_old_code_serves_until_the_swap_and_new_code_goes_on(settings: Settings) -> None:
    async def story() -> tuple[set[str], set[str], set[str]]:
        async with running(SERVICE, settings, migrate=True) as old:
            before = await notes_at(old, await take_note(old, "likes tea"))
            async with running(NEXT, settings, parts={"serve", "project"}, migrate=True) as new:
                swapped = await notes_at(old)
                return before, swapped, await notes_at(new, await take_note(old, "likes jazz"))

    assert asyncio.run(story()) == ({"likes tea"}, {"LIKES TEA"}, {"LIKES TEA", "LIKES JAZZ"})


def test_the_way_back_of_a_deploy_serves_what_was_kept(settings: Settings) -> None:
    async def deployed(service: Service, words: str) -> tuple[set[str], int]:
        async with running(service, settings, migrate=True) as host:
            shown = await notes_at(host, await take_note(host, words))
            served = open_shelf(host.works.engine, NOTES.name).served()
            return shown, served.number if served else 0

    assert asyncio.run(deployed(SERVICE, "a")) == ({"a"}, 1)
    assert asyncio.run(deployed(NEXT, "b")) == ({"A", "B"}, 2)
    assert asyncio.run(deployed(SERVICE, "c")) == ({"a", "b", "c"}, 1)

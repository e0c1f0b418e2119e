"""Rebuilds on a deploy: the new version of a read model is built while the old code serves."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Connection

from crm_chassis.process import main
from crm_chassis.runner import TaskRunner, run_service
from crm_chassis.service import Service
from crm_chassis.testing import SAID_BY
from crm_eventlog.envelope import CloudEvent
from crm_eventlog.rebuild.generations import open_generation_store
from shared.chassis.tests.support.notes_service import SERVICE, Settings, notes_with

(NOTES,) = SERVICE.read_models


def shouting(events: Sequence[CloudEvent], db: Connection) -> None:
    loud = [event.data.model_copy(update={"words": event.data.words.upper()}) for event in events]
    NOTES.project([replace(event, data=data) for event, data in zip(events, loud, strict=True)], db)


NEXT: Service = notes_with(read_models=(replace(NOTES, version=2, project=shouting),))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(database_url=f"sqlite:///{tmp_path}/notes.db", log_url=f"sqlite:///{tmp_path}/log.db", partitions=4)


async def take_note(host: TaskRunner, words: str) -> str:
    async with httpx.AsyncClient(base_url=host.url, headers=SAID_BY, timeout=30) as client:
        answer = await client.post("/commands/take-note", json={"words": words})
        return str(answer.json()["position"])


async def notes_at(host: TaskRunner, position: str = "0:0") -> set[str]:
    async with httpx.AsyncClient(base_url=host.url, headers=SAID_BY, timeout=30) as client:
        answer = await client.get("/notes", params={"at_least": position})
        return {note["words"] for note in answer.json()["items"]}


def test_old_code_serves_until_the_swap_and_new_code_goes_on(settings: Settings) -> None:
    async def story() -> tuple[set[str], set[str], set[str]]:
        async with run_service(SERVICE, settings, migrate=True) as old:
            before = await notes_at(old, await take_note(old, "likes tea"))
            async with run_service(NEXT, settings, parts={"serve", "project"}, migrate=True) as new:
                swapped = await notes_at(old)
                return before, swapped, await notes_at(new, await take_note(old, "likes jazz"))

    assert asyncio.run(story()) == ({"likes tea"}, {"LIKES TEA"}, {"LIKES TEA", "LIKES JAZZ"})


def test_the_way_back_of_a_deploy_serves_what_was_kept(settings: Settings) -> None:
    async def deployed(service: Service, words: str) -> tuple[set[str], int]:
        async with run_service(service, settings, migrate=True) as host:
            shown = await notes_at(host, await take_note(host, words))
            served = open_generation_store(host.runtime.engine, NOTES.name).served()
            return shown, served.number if served else 0

    assert asyncio.run(deployed(SERVICE, "a")) == ({"a"}, 1)
    assert asyncio.run(deployed(NEXT, "b")) == ({"A", "B"}, 2)
    assert asyncio.run(deployed(SERVICE, "c")) == ({"a", "b", "c"}, 1)


def test_on_demand_a_read_model_is_verified_rebuilt_and_rolled_back(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    async def noted() -> None:
        async with run_service(SERVICE, settings, migrate=True) as host:
            await notes_at(host, await take_note(host, "likes tea"))
            with host.runtime.engine.begin() as db:
                db.execute(NOTES.tables[0].update().values(words="forged"))

    asyncio.run(noted())

    codes = [rebuild(settings, *words) for words in (["--verify"], [], ["--verify"], ["--rollback"], ["--rollback"])]

    assert codes == [1, 0, 0, 0, 0]
    assert rebuild(settings, name="nonsense") == 1
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
    (first, *_) = [line for line in told if line["event"] == "compared"]
    assert (first["table"], first["different"]) == ("notes", 1)
    assert told[-1]["reason"] == "NoSuchReadModel: nonsense; the service has notes"


def rebuild(settings: Settings, *words: str, name: str = "notes") -> int:
    """Run `python -m crm_notes rebuild NAME WORDS` in this process."""
    given = {"database_url": settings.database_url, "log_url": settings.log_url, "partitions": "4"}
    with pytest.MonkeyPatch.context() as environment:
        for variable, value in given.items():
            environment.setenv(f"CRM_NOTES_{variable.upper()}", value)
        with pytest.raises(SystemExit) as ended:
            main(SERVICE, ["rebuild", name, *words])
    return int(str(ended.value.code))

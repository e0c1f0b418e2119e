"""A running service in this process: it relays, projects and reads back what was written, and stops in order."""

import asyncio
import socket
from pathlib import Path

import httpx
import pytest
from fastapi import APIRouter

from crm_chassis import runner
from crm_chassis.runner import Part, PartFailed, TaskRunner, _listening, run_service
from shared.chassis.tests.support.calls import caller, notes_at, take_note
from shared.chassis.tests.support.notes_service import SERVICE, Settings, notes_with


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(database_url=f"sqlite:///{tmp_path}/notes.db", log_url=f"sqlite:///{tmp_path}/log.db", partitions=4)


def test_what_was_written_is_read_back_at_its_position(settings: Settings) -> None:
    async def story() -> list[str]:
        async with run_service(SERVICE, settings, migrate=True) as host:
            done = await take_note(host, "likes tea")
            return await notes_at(host, done["position"])

    assert asyncio.run(story()) == ["likes tea"]


def test_a_stopped_service_goes_on_where_it_was(settings: Settings) -> None:
    async def written_while_nobody_reads() -> str:
        async with run_service(SERVICE, settings, parts={"serve"}, migrate=True) as host:
            return str((await take_note(host, "likes tea"))["position"])

    async def read_later(position: str) -> list[str]:
        async with run_service(SERVICE, settings) as host:
            return await notes_at(host, position)

    assert asyncio.run(read_later(asyncio.run(written_while_nobody_reads()))) == ["likes tea"]


@pytest.mark.parametrize("part", ["relay", "project", "work"])
def test_a_part_alone_answers_for_its_health_and_figures_only(settings: Settings, part: Part) -> None:
    async def story() -> dict[str, int]:
        async with run_service(SERVICE, settings, parts={part}, migrate=True) as host, caller(host) as client:
            paths = ("/health/live", "/health/ready", "/metrics", "/notes")
            return {path: (await client.get(path)).status_code for path in paths}

    assert asyncio.run(story()) == {"/health/live": 200, "/health/ready": 200, "/metrics": 200, "/notes": 404}


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("127.0.0.1:8080", 200),
        ("localhost", 200),
        ("[::1]:80", 200),
        ("evil.example", 421),
        ("127.0.0.1.evil.example", 421),
        ("[", 421),
    ],
)
def test_only_who_asks_for_this_machine_is_answered(settings: Settings, name: str, status: int) -> None:
    async def story() -> int:
        async with run_service(SERVICE, settings, parts={"serve"}, migrate=True) as host, caller(host) as client:
            return (await client.get("/health/live", headers={"Host": name})).status_code

    assert asyncio.run(story()) == status


def test_readiness_counts_what_is_not_relayed_and_not_projected(settings: Settings) -> None:
    async def story() -> dict[str, int]:
        async with run_service(SERVICE, settings, parts={"serve"}, migrate=True) as host:
            await take_note(host, "likes tea")
            await host.lag.look()
            async with caller(host) as client:
                readers = (await client.get("/health/ready")).json()["readers"]
        return {reader["reader"]: reader["lag_events"] for reader in readers}

    assert asyncio.run(story()) == {"log": 0, "notes": 0, "relay": 1}


def test_a_part_that_ends_by_itself_is_a_failure(settings: Settings) -> None:
    async def broken(stop: asyncio.Event) -> None:
        raise RuntimeError("the disk is full")

    async def story() -> None:
        async with run_service(SERVICE, settings, migrate=True) as host:
            host.start("breaks", broken)
            await host.until(asyncio.Event())

    with pytest.raises(PartFailed, match="notes breaks"):
        asyncio.run(story())


def test_a_part_that_does_not_finish_in_time_is_broken_off(settings: Settings) -> None:
    async def deaf(stop: asyncio.Event) -> None:
        await asyncio.Event().wait()

    async def story() -> bool:
        async with run_service(SERVICE, settings.model_copy(update={"stop_seconds": 0.2}), migrate=True) as host:
            host.start("deaf", deaf)
            await asyncio.sleep(0)
        return host.tasks["deaf"].cancelled()

    assert asyncio.run(story())


def test_the_request_under_way_is_answered_before_the_service_stops(settings: Settings) -> None:
    async def story() -> str:
        asked, answering = asyncio.Event(), asyncio.Event()
        router = APIRouter()

        @router.get("/slow")
        async def slow() -> str:
            asked.set()
            await answering.wait()
            return "here you are"

        async def ask(host: TaskRunner) -> httpx.Response:
            async with caller(host) as client:
                return await client.get("/slow")

        async with run_service(notes_with(routers=(router,)), settings, migrate=True) as host:
            answer = asyncio.create_task(ask(host))
            await asked.wait()
            asyncio.get_running_loop().call_later(0.1, answering.set)
        return str((await answer).json())

    assert asyncio.run(story()) == "here you are"


def test_an_answer_does_not_wait_for_an_acknowledgement(settings: Settings) -> None:
    with _listening(settings) as listening, socket.create_connection(listening.getsockname()):
        accepted, _ = listening.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 1


def test_an_idle_connection_stays_open_longer_than_clients_and_proxies_keep_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    # httpx keeps an idle connection for 5 s, nginx and most balancers for 60 s: they must close it first.
    assert runner.KEEP_ALIVE > 60
    monkeypatch.setattr(runner, "KEEP_ALIVE", 0.05)

    async def story() -> bytes:
        async with run_service(SERVICE, settings, migrate=True) as host:
            reader, writer = await asyncio.open_connection("127.0.0.1", int(host.url.rpartition(":")[2]))
            writer.write(b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            answer = await asyncio.wait_for(reader.read(), 10)
            writer.close()
        return answer

    # The server ends the connection by itself once it was idle for that long.
    assert asyncio.run(story()).startswith(b"HTTP/1.1 200")

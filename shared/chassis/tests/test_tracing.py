"""Traces: one command is followed from its request to the read model of another service."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from time import monotonic
from uuid import uuid4

import pytest

from crm_chassis.runner import TaskRunner, run_service
from crm_chassis.runtime import ServiceRuntime
from crm_chassis.service import Service
from crm_chassis.testing import at_noon
from crm_chassis.tracing.setup import ProtocolNotSpoken, tracing_of, wanted
from crm_eventlog.log import MemoryLog
from crm_local.server import free_ports
from shared.chassis.tests.support.calls import take_note
from shared.chassis.tests.support.collector import Collector, collecting
from shared.chassis.tests.support.notes_service import READ_MODEL, SERVICE, Settings, notes_with

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
CALLER = f"00-{TRACE}-00f067aa0ba902b7-01"
ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    with collecting() as it:
        monkeypatch.setenv(ENDPOINT, it.url)
        monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "50")
        yield it


def two_services() -> tuple[Service, Service]:
    """Run a service that takes notes and one that reads them, on a topic of their own."""
    run = uuid4().hex[:12]
    hears = replace(READ_MODEL, topics=frozenset({f"crm.notes{run}.v1"}))
    return notes_with(f"notes{run}", read_models=()), notes_with(f"desk{run}", read_models=(hears,))


@asynccontextmanager
async def on_kafka(bootstrap: str, folder: Path, notes: Service, desk: Service) -> AsyncIterator[TaskRunner]:
    def settings(service: Service) -> Settings:
        return Settings(
            database_url=f"sqlite:///{folder}/{service.name}.db", log_url=f"kafka://{bootstrap}", partitions=4
        )

    async with (
        run_service(notes, settings(notes), parts={"serve", "relay"}, migrate=True) as host,
        run_service(desk, settings(desk), parts={"project"}, migrate=True),
    ):
        yield host


def test_a_command_is_seen_from_its_request_to_the_read_model_of_another_service(
    collector: Collector, kafka_server: str, tmp_path: Path
) -> None:
    notes, desk = two_services()

    async def story() -> None:
        async with on_kafka(kafka_server, tmp_path, notes, desk) as host:
            await take_note(host, "likes tea", traceparent=CALLER)
            await asyncio.to_thread(collector.wait_for, lambda span: span.service == f"crm-{desk.name}")

    asyncio.run(story())

    asked = collector.wait_for(lambda span: span.kind == "SERVER")
    stored = collector.wait_for(lambda span: span.name == "append facts")
    sent = collector.wait_for(lambda span: span.kind == "PRODUCER")
    taken_in = collector.wait_for(lambda span: span.kind == "CONSUMER")
    assert (asked.trace, asked.name) == (TRACE, "POST /commands/take-note")
    assert (stored.trace, stored.service) == (TRACE, f"crm-{notes.name}")
    assert (sent.links, sent.name) == ({TRACE}, f"send {notes.topic}")
    assert (taken_in.links, taken_in.service) == ({TRACE}, f"crm-{desk.name}")
    assert b"tea" not in collector.raw
    assert b"lin.mei" not in collector.raw


def test_a_batch_links_to_the_command_of_each_record(collector: Collector, tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path}/notes.db", partitions=4)
    traces = [f"{number:032x}" for number in range(1, 6)]

    async def story(log: MemoryLog) -> None:
        async with run_service(SERVICE, settings, parts={"serve"}, topics=log, migrate=True) as host:
            for trace in traces:
                await take_note(host, "likes tea", traceparent=f"00-{trace}-00f067aa0ba902b7-01")
        async with run_service(SERVICE, settings, parts={"relay", "project"}, topics=log) as host:
            await asyncio.to_thread(collector.wait_for, lambda span: span.kind == "CONSUMER")
            assert host.tasks

    asyncio.run(story(MemoryLog(at_noon)))

    assert collector.wait_for(lambda span: span.kind == "PRODUCER").links == set(traces)
    taken_in = [span.links for span in collector.spans if span.kind == "CONSUMER"]
    assert frozenset().union(*taken_in) == set(traces)


def test_without_a_caller_a_command_begins_a_trace_and_its_log_lines_are_found_by_it(
    collector: Collector, tmp_path: Path
) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path}/notes.db", log_url=f"sqlite:///{tmp_path}/log.db")

    async def story() -> TaskRunner:
        async with run_service(SERVICE, settings, parts={"serve"}, migrate=True) as host:
            await take_note(host, "likes tea")
        return host

    host = asyncio.run(story())

    trace = collector.wait_for(lambda span: span.kind == "SERVER").trace
    [fact] = [fact for part in range(16) for fact in host.runtime.application.store.read(part, 0, 10)]
    assert f'"correlation_id":"{trace}"' in fact.metadata
    assert f'"traceparent":"00-{trace}-' in fact.metadata


def test_a_collector_that_is_gone_neither_fails_a_command_nor_keeps_a_process_from_ending(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(ENDPOINT, f"http://127.0.0.1:{free_ports(1)[0]}")
    settings = Settings(database_url=f"sqlite:///{tmp_path}/notes.db", log_url=f"sqlite:///{tmp_path}/log.db")

    async def story() -> float:
        async with run_service(SERVICE, settings, migrate=True) as host:
            await take_note(host, "likes tea")
            told = monotonic()
        return monotonic() - told

    assert asyncio.run(story()) < 8


LOADED = """
import asyncio, sys
from crm_chassis.runner import run_service
from shared.chassis.tests.support.notes_service import SERVICE, Settings

async def story():
    settings = Settings(database_url="sqlite:///n.db", log_url="sqlite:///l.db")
    async with run_service(SERVICE, settings, migrate=True) as host:
        await host.lag.look()

asyncio.run(story())
print([name for name in sys.modules if name.startswith(("opentelemetry.sdk", "opentelemetry.exporter"))])
"""


@pytest.mark.parametrize("variables", [{}, {ENDPOINT: "http://127.0.0.1:9", "OTEL_SDK_DISABLED": "true"}])
def test_off_nothing_of_it_is_loaded(tmp_path: Path, variables: dict[str, str]) -> None:
    environment = {"PYTHONPATH": str(Path(__file__).parents[3]), **variables}

    done = subprocess.run(
        [sys.executable, "-c", LOADED], capture_output=True, text=True, cwd=tmp_path, env=environment, check=True
    )

    assert done.stdout.splitlines()[-1] == "[]"


def test_off_nothing_stands_around_the_work(tmp_path: Path) -> None:
    log = MemoryLog(at_noon)
    settings = Settings(database_url=f"sqlite:///{tmp_path}/notes.db")

    async def story() -> ServiceRuntime:
        async with run_service(SERVICE, settings, topics=log, migrate=True) as host:
            return host.runtime

    runtime = asyncio.run(story())

    relay, follower = (
        runtime.relaying().func.__self__,
        runtime.following(runtime.projector, group="project").func.__self__,
    )
    assert relay._log is log
    assert follower._consumer is runtime.projector


def test_traces_are_wanted_once_an_endpoint_is_named_and_nothing_says_no() -> None:
    there = {ENDPOINT: "http://collector:4318"}

    assert not wanted({})
    assert wanted(there)
    assert not wanted({**there, "OTEL_TRACES_EXPORTER": "none"})
    assert not wanted({**there, "OTEL_SDK_DISABLED": "true"})


def test_a_protocol_that_is_not_spoken_is_refused_with_the_one_that_is() -> None:
    with pytest.raises(ProtocolNotSpoken, match="OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf"):
        tracing_of(SERVICE, {ENDPOINT: "http://collector:4317", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"})

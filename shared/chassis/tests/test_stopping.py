"""SIGTERM under load: running work ends, locks are released, a successor takes over and nothing is lost."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import func, select

from crm_chassis.clock import now
from crm_chassis.runtime import ServiceRuntime
from crm_chassis.testing import SAID_BY, command_context
from crm_eventlog.log import KafkaLog
from crm_eventlog.log.log import LogRecord
from crm_eventlog.relay import unpublished
from crm_eventlog.tables import checkpoints, counters, relay_checkpoints
from crm_local.server import free_ports
from shared.chassis.tests.support.notes_service import Settings, TakeNote
from shared.chassis.tests.support.processes import line_with
from shared.chassis.tests.support.slow_notes import slow

ROOT = Path(__file__).parents[3]
PATIENCE = 60.0
LIMIT = 10.0
PARTITIONS = 4


@dataclass
class Desk:
    """The slow service on its database and its topic, its processes, and a load on it."""

    runtime: ServiceRuntime
    folder: Path
    variables: dict[str, str]
    ending: ExitStack

    def start(self, what: str, **variables: str) -> subprocess.Popen[str]:
        """Start a process and wait until it is running."""
        started = self.ending.enter_context(
            subprocess.Popen(
                [sys.executable, "-m", "shared.chassis.tests.support.slow_notes", what],
                cwd=self.folder,
                env={**os.environ, "PYTHONPATH": str(ROOT), **self.variables, **variables},
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        )
        self.ending.callback(started.kill)
        line_with(started, "at work")
        return started

    def take(self, count: int) -> None:
        """Take several notes at once."""
        for _ in range(count):
            self.runtime.application.execute(TakeNote(words="likes tea"), command_context(recorded_at=now()))

    @contextmanager
    def under_load(self) -> Iterator[None]:
        """Take one note after the other until the block ends."""
        ended = Event()

        def load() -> None:
            while not ended.is_set():
                self.take(10)

        thread = Thread(target=load)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def ask(self, question: Any) -> int:
        """Return a number from the database."""
        with self.runtime.engine.connect() as db:
            return int(db.scalar(question) or 0)

    def places(self) -> dict[int, int]:
        """Return the offsets of the read model by partition."""
        query = select(checkpoints.c.partition, checkpoints.c.next_offset).where(checkpoints.c.reader == "notes")
        with self.runtime.engine.connect() as db:
            return {row.partition: row.next_offset for row in db.execute(query)}

    def facts(self) -> int:
        """Return all notes that were ever taken."""
        return self.ask(select(func.sum(counters.c.n)))

    def heads(self) -> list[tuple[int, int]]:
        """Return the last position of each partition."""
        return sorted((part, n) for part, (n, _) in self.runtime.application.store.heads().items())

    def relayed(self) -> int:
        """Return the number of relayed facts."""
        return self.ask(select(func.sum(relay_checkpoints.c.pos)))

    def shown(self) -> int:
        """Return the notes in the read model."""
        return self.ask(select(func.count()).select_from(slow("any", self.folder).read_models[0].tables[0]))

    def posted(self) -> list[str]:
        """Return the letters that were posted."""
        letters = self.folder / "posted.txt"
        return letters.read_text("utf-8").split() if letters.exists() else []

    async def sent(self) -> list[str]:
        """Return the position of every record of the topic, by partition, in order."""
        log, topic = KafkaLog(self.runtime.settings.log_url), self.runtime.service.topic
        records: list[LogRecord] = []
        for part in sorted(await log.end_offsets(topic)):
            offset = 0
            while found := await log.read(topic, part, offset, 1_000):
                records += found
                offset = found[-1].offset + 1
        await log.close()
        return [(dict(record.headers)["ce_position"] or b"").decode() for record in records]


@pytest.fixture
def desk(tmp_path: Path, fresh_database: Callable[[], str], kafka_server: str) -> Iterator[Desk]:
    name = f"slow{uuid4().hex[:10]}"
    database, log_url = fresh_database(), f"kafka://{kafka_server}"
    variables = {
        "SLOW_NOTES": name,
        "SLOW_NOTES_FOLDER": str(tmp_path),
        "CRM_NOTES_DATABASE_URL": database,
        "CRM_NOTES_LOG_URL": log_url,
        "CRM_NOTES_PARTITIONS": str(PARTITIONS),
    }
    settings = Settings(database_url=database, log_url=log_url, partitions=PARTITIONS)
    runtime = ServiceRuntime.open(slow(name, tmp_path), settings, KafkaLog(log_url), now)
    runtime.migrate()

    async def make_topics() -> None:
        await runtime.create_topics()
        await runtime.log.close()

    asyncio.run(make_topics())
    with ExitStack() as ending:
        ending.callback(runtime.engine.dispose)
        yield Desk(runtime, tmp_path, variables, ending)


def until(true: Callable[[], bool]) -> float:
    """Wait until this is so. Return the seconds it took."""
    begun, tick = monotonic(), Event()
    while not true():
        assert monotonic() - begun < PATIENCE
        tick.wait(0.01)
    return monotonic() - begun


def ended(started: subprocess.Popen[str]) -> tuple[int, float]:
    """Send SIGTERM. Return the exit code and the seconds until the end."""
    begun = monotonic()
    started.send_signal(signal.SIGTERM)
    return started.wait(PATIENCE), monotonic() - begun


def test_a_request_under_way_is_answered_and_the_address_is_free_at_once(desk: Desk) -> None:
    port = str(free_ports(1)[0])
    serving = desk.start("serve", CRM_NOTES_PORT=port)
    url = f"http://127.0.0.1:{port}"

    with ThreadPoolExecutor(1) as caller:
        asked = caller.submit(httpx.get, f"{url}/slow", timeout=PATIENCE)
        until((desk.folder / "begun").exists)
        code, seconds = ended(serving)
        answer = asked.result()
    desk.start("serve", CRM_NOTES_PORT=port)

    assert (answer.status_code, answer.json(), code) == (200, "here you are", 0)
    assert seconds < LIMIT
    assert httpx.post(f"{url}/commands/take-note", json={"words": "tea"}, headers=SAID_BY).status_code == 201


def test_a_request_that_never_ends_keeps_no_process(desk: Desk) -> None:
    serving = desk.start("serve", CRM_NOTES_PORT=(port := str(free_ports(1)[0])), CRM_NOTES_STOP_SECONDS="3")

    with ThreadPoolExecutor(1) as caller:
        caller.submit(httpx.get, f"http://127.0.0.1:{port}/for-ever", timeout=PATIENCE)
        until((desk.folder / "begun").exists)
        code, seconds = ended(serving)

    assert (code, seconds < 4) == (1, True)


def test_a_relay_under_load_gives_its_partitions_to_the_next_and_nothing_is_lost_or_sent_twice(desk: Desk) -> None:
    with desk.under_load():
        first = desk.start("relay")
        until(lambda: desk.relayed() > 0)
        desk.start("relay")
        code, seconds = ended(first)
        stood = desk.relayed()
        taken_over = until(lambda: desk.relayed() > stood)
    until(lambda: unpublished(desk.runtime.engine).facts == 0)

    sent = asyncio.run(desk.sent())
    print(f"ended after {seconds:.2f} s, taken over after {taken_over:.2f} s")
    assert (code, len(sent)) == (0, desk.facts())
    assert sent == [f"{part}:{pos}" for part, n in desk.heads() for pos in range(1, n + 1)]
    assert seconds < LIMIT
    assert taken_over < 3


def test_a_projector_under_load_leaves_its_group_and_the_next_takes_over_and_shows_each_note_once(desk: Desk) -> None:
    with desk.under_load():
        desk.start("relay")
        first = desk.start("project")
        until(lambda: desk.shown() > 0)
        desk.start("project")
        code, seconds = ended(first)
        stood = desk.places()
        taken_over = until(lambda: all(at > stood[partition] for partition, at in desk.places().items()))
    until(lambda: desk.shown() == desk.facts())

    print(f"ended after {seconds:.2f} s, taken over after {taken_over:.2f} s")
    assert (code, seconds < LIMIT) == (0, True)
    assert taken_over < LIMIT


def test_effects_stop_between_two_of_them_and_the_next_goes_on_with_each_letter_once(desk: Desk) -> None:
    desk.take(200)
    relaying = desk.start("relay")
    until(lambda: unpublished(desk.runtime.engine).facts == 0)
    ended(relaying)
    first = desk.start("work")
    until(lambda: len(desk.posted()) > 3)

    code, seconds = ended(first)
    before = len(desk.posted())
    desk.start("work")
    taken_over = until(lambda: len(desk.posted()) > before)
    until(lambda: len(set(desk.posted())) == desk.facts())

    print(f"ended after {seconds:.2f} s, taken over after {taken_over:.2f} s")
    assert (code, before < 200, (desk.folder / "closed").exists()) == (0, True, True)
    assert len(desk.posted()) == 200
    assert seconds < LIMIT / 2

"""The runbooks do what they say, on a real PostgreSQL: each statement runs, each procedure heals."""

import asyncio
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, text

from crm_chassis.runtime import ServiceRuntime
from crm_eventlog.consumer import GapInLog
from crm_eventlog.log import KafkaLog, Log, MemoryLog
from crm_eventlog.relay import TopicReplaced
from crm_history.digest import digest
from crm_local.postgres import binaries
from tests.deploy.conftest import Server
from tests.deploy.runbooks import PAGES, ask, caught_up, opened, perform, register, relay_of, relayed, statements
from tests.journeys.houses import log_nobody_used

NAMES = ("a-key-is-parked", "a-partition-stopped", "a-topic-was-recreated", "relay-is-behind", "restore-a-database")


def a_log() -> MemoryLog:
    return MemoryLog(lambda: datetime.now(UTC))


@pytest.fixture
def log(request: pytest.FixtureRequest) -> Iterator[Log]:
    """Open a log in memory, or a Kafka whose topics nobody used, where a test asks for it."""
    if getattr(request, "param", "memory") == "memory":
        yield a_log()
        return
    with log_nobody_used(request.getfixturevalue("kafka_server")) as url:
        yield KafkaLog(url)


@pytest.fixture
def support(the_server: Server, log: Log) -> Iterator[ServiceRuntime]:
    with opened("support", the_server.fresh_database("support"), log) as runtime:
        yield runtime


@pytest.fixture
def contacts(the_server: Server, support: ServiceRuntime) -> Iterator[ServiceRuntime]:
    with opened("contacts", the_server.fresh_database("contacts"), support.log) as runtime:
        yield runtime


def events_in(engine: Engine) -> int:
    with engine.connect() as db:
        return db.scalar(text("SELECT count(*) FROM customer_history")) or 0


def digest_in(engine: Engine) -> str:
    with engine.connect() as db:
        return digest(db)


def test_every_page_is_known_and_every_page_says_what_is_not_yet_there() -> None:
    pages = {path.stem: path.read_text("utf-8") for path in PAGES.glob("*.md")}

    assert pages.keys() >= set(NAMES)
    assert [name for name in NAMES if "## Not yet" not in pages[name]] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_page_leads_to_pages_and_files_that_are_there(name: str) -> None:
    page = (PAGES / f"{name}.md").read_text("utf-8")
    linked = re.findall(r"\]\(([^)#]+)\)", page)
    files = re.findall(r"python (deploy/\S+\.py)", page)

    assert [link for link in linked if not (PAGES / link).exists()] == []
    assert [file for file in files if not (PAGES.parents[1] / file).exists()] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_statement_of_a_page_runs_under_the_service_role(support: ServiceRuntime, name: str) -> None:
    for statement in statements(name):
        perform(support.engine, statement)

    assert statements(name) != []


def test_the_relay_page_shows_how_far_behind_and_who_holds_the_partitions(support: ServiceRuntime) -> None:
    behind, owners, end = statements("relay-is-behind")
    ask(support)
    relay = relay_of(support)

    async def while_a_relay_holds_them() -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
        await support.create_topics()
        before = perform(support.engine, behind)
        await relay.step()
        held = perform(support.engine, owners)
        perform(support.engine, end)
        await relay.release()
        return before, held

    before, held = asyncio.run(while_a_relay_holds_them())

    assert [(row[1], row[2] is not None) for row in before] == [(2, True)]
    assert [row[-1] for row in held] == [16]
    assert perform(support.engine, behind) == []
    assert perform(support.engine, owners) == []


def test_a_read_model_is_made_anew_from_the_log(support: ServiceRuntime) -> None:
    *_, anew = statements("a-partition-stopped")
    ask(support)

    async def made_anew() -> list[tuple[object, ...]]:
        await relayed(support)
        await caught_up(support)
        before = rows_of(support)
        perform(support.engine, anew)
        support.migrate()
        await caught_up(support)
        return before

    before = asyncio.run(made_anew())

    assert len(before) == 1
    assert rows_of(support) == before


def rows_of(runtime: ServiceRuntime) -> list[tuple[object, ...]]:
    with runtime.engine.connect() as db:
        return [tuple(row) for row in db.execute(text("SELECT * FROM cases"))]


@contextmanager
def on_a_new_log(support: ServiceRuntime, contacts: ServiceRuntime) -> Iterator[tuple[ServiceRuntime, ServiceRuntime]]:
    """Open both services on their databases as they were, and on topics that somebody made anew."""
    log = a_log()
    with (
        opened("support", support.settings.database_url, log) as publisher,
        opened("contacts", contacts.settings.database_url, log) as reader,
    ):
        yield publisher, reader


async def three_questions_heard(support: ServiceRuntime, contacts: ServiceRuntime) -> int:
    """Count the events contacts shows of them: each question is opened and assigned."""
    for _ in range(3):
        ask(support)
    await relayed(support)
    await caught_up(contacts)
    return events_in(contacts.engine)


def test_a_recreated_topic_is_filled_again_and_everybody_goes_on(
    support: ServiceRuntime, contacts: ServiceRuntime
) -> None:
    expected, begin_again, send_again = statements("a-topic-was-recreated")

    async def recreated_and_healed() -> tuple[int, list[tuple[object, ...]]]:
        before = await three_questions_heard(support, contacts)
        # A relay that crashed sent all of it twice, so the old topic was longer than the new one will be.
        perform(support.engine, send_again)
        await relayed(support)
        await caught_up(contacts)
        with on_a_new_log(support, contacts) as (publisher, reader):
            proof = perform(reader.engine, expected)
            perform(reader.engine, begin_again)
            perform(publisher.engine, begin_again)
            perform(publisher.engine, send_again)
            ask(publisher)
            await relayed(publisher)
            await caught_up(publisher)
            await caught_up(reader)
        return before, proof

    before, proof = asyncio.run(recreated_and_healed())

    assert max(offset for _, offset in proof) == 2 * before
    assert events_in(contacts.engine) == before + 2
    assert digest_in(contacts.engine) == digest_in(support.engine)


def test_without_the_procedure_a_recreated_topic_stops_relay_and_readers(
    support: ServiceRuntime, contacts: ServiceRuntime
) -> None:
    async def recreated() -> int:
        before = await three_questions_heard(support, contacts)
        with on_a_new_log(support, contacts) as (publisher, reader):
            ask(publisher)
            with pytest.raises(TopicReplaced):
                await relayed(publisher)
            with pytest.raises(AssertionError, match="LogCutShort"):
                await caught_up(reader)
        return before

    before = asyncio.run(recreated())

    assert events_in(contacts.engine) == before


def dumped_and_restored(source: str, target: str, file: str) -> None:
    """Run the two commands of the page, as written there."""
    page = (PAGES / "restore-a-database.md").read_text("utf-8")
    commands = re.findall(r"^    (pg_\w+ [^#\n]+?)\s*#", page, re.MULTILINE)
    assert [command.split()[0] for command in commands] == ["pg_dump", "pg_restore"]
    for command in commands:
        words = [word.strip('"').replace("support.dump", file) for word in command.split()]
        words = [{"$SUPPORT_URL": source, "$NEW_URL": target}.get(word, word) for word in words]
        subprocess.run([str(binaries() / words[0]), *words[1:]], check=True, capture_output=True, timeout=120)


@pytest.mark.parametrize("log", ["memory", pytest.param("kafka", marks=pytest.mark.needs_kafka)], indirect=True)
def test_a_restored_service_catches_up_with_the_others_and_is_heard_again(
    the_server: Server, support: ServiceRuntime, contacts: ServiceRuntime, tmp_path_factory: pytest.TempPathFactory
) -> None:
    received, recorded = statements("restore-a-database")
    dump = str(tmp_path_factory.mktemp("dump") / "support.dump")
    target = the_server.fresh_database("support")

    async def lost_and_restored() -> None:
        ask(support)
        await relayed(support)
        # Stored and not yet told when the dump is made: the restored relay tells it.
        ask(support)
        dumped_and_restored(support.settings.database_url, target, dump)
        register(contacts)
        await relayed(contacts)
        with opened("support", target, support.log) as restored:
            told = dict(perform(contacts.engine, received))
            assert all(has >= told.get(part, 0) for part, has in perform(restored.engine, recorded))
            ask(restored)
            await relayed(restored)
            await caught_up(restored)
            await caught_up(contacts)
            assert digest_in(restored.engine) == digest_in(contacts.engine)
        await support.log.close()

    asyncio.run(lost_and_restored())

    assert events_in(contacts.engine) == 7


def test_the_restore_page_finds_a_store_that_lost_what_others_heard(
    the_server: Server, support: ServiceRuntime, contacts: ServiceRuntime, tmp_path_factory: pytest.TempPathFactory
) -> None:
    received, recorded = statements("restore-a-database")
    dump = str(tmp_path_factory.mktemp("dump") / "support.dump")
    target = the_server.fresh_database("support")

    async def lost() -> list[int]:
        dumped_and_restored(support.settings.database_url, target, dump)
        ask(support)
        await relayed(support)
        await caught_up(contacts)
        with opened("support", target, support.log) as restored:
            told = dict(perform(contacts.engine, received))
            return [part for part, has in perform(restored.engine, recorded) if has < told.get(part, 0)]

    assert len(asyncio.run(lost())) == 1


def test_a_hole_in_a_topic_has_the_name_that_the_page_gives_it() -> None:
    page = (PAGES / "a-partition-stopped.md").read_text("utf-8")

    assert f"`{GapInLog.__name__}`" in page

"""`crm parked`: records that could not be taken in are shown, redriven, or dropped with the person and the reason."""

import asyncio
import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from cli.tests.crm_command import CLERK, MS_CHEN, run
from crm_cli.client import CrmClient
from crm_cli.comparing import compare
from crm_cli.data_folder import DataFolder, Running
from crm_cli.lag.readiness import State, states_of
from crm_cli.parked.queue import drop_first, dropped_records, parked_records, waiting_keys
from crm_cli.stack import LocalStack, local_stack
from crm_eventlog.log import Outgoing

MR_WU = UUID(int=8)
BROKEN = """
CREATE TRIGGER broken BEFORE INSERT ON customer_history WHEN NEW.customer_id = '{key}'
BEGIN SELECT RAISE(ABORT, 'a mistake about 陈丽'); END
"""


@asynccontextmanager
async def running_stack(folder: Path) -> AsyncIterator[tuple[LocalStack, CrmClient]]:
    """Run five services that `crm` finds through the folder."""
    data_folder = DataFolder(folder)
    async with local_stack(folder) as stack, CrmClient(stack.addresses) as client:
        data_folder.record_process(
            Running(
                addresses=stack.addresses, databases=data_folder.databases, log_url=data_folder.log_url, partitions=16
            )
        )
        yield stack, client
    data_folder.clear()


@contextmanager
def a_mistake_of_sales(folder: Path, customer_id: UUID) -> Iterator[None]:
    """Make sales' own copy of the histories reject this customer until the block ends."""
    statement = BROKEN.format(key=customer_id.hex)
    with closing(sqlite3.connect(folder / "sales.db", timeout=30)) as db:
        db.execute(statement)
    yield
    with closing(sqlite3.connect(folder / "sales.db", timeout=30)) as db:
        db.execute("DROP TRIGGER broken")


async def parked_json_of_process(*words: object, folder: Path) -> dict[str, Any]:
    """Return the answer of `crm parked WORDS --json` in a process of its own, while the services run."""
    command = [sys.executable, "-m", "crm_cli", "parked", *map(str, words), "--json", "--folder", str(folder)]
    result = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=True, timeout=300)
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


async def until_parked(stack: LocalStack, records: int) -> None:
    """Wait until so many records wait for sales' history."""
    watch = stack.hosts["sales"].lag
    async with asyncio.timeout(60):
        while {each.reader: each.parked_records for each in watch()}.get("customer_history", 0) < records:
            await watch.look()


async def register(client: CrmClient, customer_id: UUID, name: str) -> None:
    body = {"customer_id": str(customer_id), "name": name}
    await client.ask("contacts", "register-customer", body, by=CLERK, key=f"register {customer_id}")


async def ask(client: CrmClient, customer_id: UUID, text: str) -> None:
    question = {"customer_id": str(customer_id), "channel": "store", "subject": "Flickers", "text": text}
    await client.ask("support", "ask-question", question, by=CLERK, key=text)


def test_a_mistake_is_seen_mended_and_redriven_while_everybody_works(tmp_path: Path) -> None:
    async def story() -> None:
        databases = {"sales": DataFolder(tmp_path).databases["sales"]}
        async with running_stack(tmp_path) as (stack, client):
            with a_mistake_of_sales(tmp_path, MS_CHEN):
                await register(client, MS_CHEN, "陈丽")
                await register(client, MR_WU, "吴强")
                await ask(client, MS_CHEN, "Why?")
                await until_parked(stack, 2)
                (row,) = waiting_keys(databases, None)
                (first, *_) = parked_records("sales", databases["sales"], str(MS_CHEN), None, 20)
                await client.wait_for_event("sales", MR_WU, "CustomerRegistered")
            assert (row["reader"], row["key"], row["error"]) == ("customer_history", str(MS_CHEN), "IntegrityError")
            assert "a mistake about 陈丽" in str(first.error)

            mended = await parked_json_of_process("redrive", "sales", folder=tmp_path)
            await ask(client, MS_CHEN, "Still?")

            assert [(one["key"], one["waiting"], one["error"]) for one in mended["keys"]] == [(str(MS_CHEN), 0, None)]
            assert mended["keys"][0]["taken_in"] >= 2
            comparison = await compare(client, within=60)
            assert comparison.same
            assert waiting_keys(databases, None) == []

    asyncio.run(story())


def test_at_its_limit_a_reader_pauses_readiness_says_so_and_dropping_lets_it_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRM_SALES_PARKED_MOST", "1")

    async def story() -> tuple[State, int]:
        data_folder = DataFolder(tmp_path)
        url = data_folder.databases["sales"]
        async with running_stack(tmp_path) as (stack, client):
            topics = stack.hosts["sales"].runtime.log
            await topics.append("crm.sales.v1", {3: [Outgoing(b"key", b"no event", ())] * 3})
            paused = await until_sales(tmp_path, pauses)
            async with asyncio.timeout(120):
                while await asyncio.to_thread(all_dropped, url) < 3 or parked_in(
                    await states_of(data_folder.running())
                ):
                    pass
            await register(client, MS_CHEN, "陈丽")
            await client.wait_for_event("sales", MS_CHEN, "CustomerRegistered")
            await until_sales(tmp_path, lambda state: state.ready)
            return paused, len(dropped_records({"sales": url}, "customer_history"))

    paused, dropped = asyncio.run(story())

    assert any("pauses: 1 records of 1 keys are parked" in reason for reason in paused.reasons)
    assert dropped == 3


def all_dropped(url: str) -> int:
    """Drop whatever waits in sales, and return how many records of the history are dropped by now."""
    for row in waiting_keys({"sales": url}, None):
        drop_first("sales", url, "key", reader=row["reader"], offset=None, whole=True, by="li", reason="broken")
    return len(dropped_records({"sales": url}, "customer_history"))


def parked_in(states: dict[str, State]) -> int:
    """Return how many records sales has parked."""
    return sum(reader.parked_records for reader in states["sales"].readers.values())


async def until_sales(folder: Path, stands: Callable[[State], bool]) -> State:
    """Wait until the state of sales satisfies a condition, and return it."""
    async with asyncio.timeout(60):
        while not stands(state := (await states_of(DataFolder(folder).running()))["sales"]):
            pass
        return state


def pauses(state: State) -> bool:
    """Tell whether a reader pauses because it parks no more."""
    return not state.ready and any("customer_history pauses" in reason for reason in state.reasons)


@pytest.fixture(scope="module")
def left_waiting(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Leave two records of a key that nobody can read, in the files of services at rest."""
    folder = tmp_path_factory.mktemp("parked") / ".crm"

    async def story() -> None:
        async with running_stack(folder) as (stack, _):
            records = [Outgoing(b"key", value, (("strange", b"\xff"),)) for value in (b"\x1b[2J no event", b"\xff")]
            await stack.hosts["sales"].runtime.log.append("crm.sales.v1", {3: records})
            await until_parked(stack, 2)

    asyncio.run(story())
    return folder


@pytest.fixture
def garbage_waits(left_waiting: Path, tmp_path: Path) -> Path:
    """Copy those files, to act on them."""
    return shutil.copytree(left_waiting, tmp_path / ".crm")


def parked_json(*words: object, folder: Path, code: int = 0) -> dict[str, Any]:
    result = run("parked", *words, "--json", folder=folder)
    assert result.exit_code == code, result.stdout + result.stderr
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def readers_waiting(folder: Path) -> set[str]:
    return {row["reader"] for row in parked_json("list", "sales", folder=folder)["waiting"]}


def test_a_record_is_shown_as_it_is_and_moves_no_cursor(garbage_waits: Path) -> None:
    reader = min(readers_waiting(garbage_waits))

    shown = parked_json("show", "sales", "key", "--reader", reader, folder=garbage_waits)["records"]
    for_person = run("parked", "show", "sales", "key", folder=garbage_waits).stdout

    assert [(one["offset"], one["value"]) for one in shown] == [(0, "\x1b[2J no event"), (1, {"base64": "/w=="})]
    assert shown[0]["headers"] == [["strange", {"base64": "/w=="}]]
    assert "\\x1b[2J no event" in for_person
    assert "\x1b" not in for_person


def test_what_is_dropped_is_kept_with_who_and_why_and_frees_its_key(garbage_waits: Path) -> None:
    reader, *others = sorted(readers_waiting(garbage_waits))
    words = "drop", "sales", "key", "--reader", reader, "--by", "li.na", "--reason", "a broken sender"

    first = parked_json(*words, "--offset", 0, folder=garbage_waits)
    parked_json("redrive", "sales", "--reader", reader, folder=garbage_waits, code=1)
    rest = parked_json(*words, "--all", folder=garbage_waits)

    assert (first["dropped"], first["waiting"]) == (["crm.sales.v1[3] offset 0"], 1)
    assert (rest["dropped"], rest["waiting"]) == (["crm.sales.v1[3] offset 1"], 0)
    dropped = parked_json("list", "--dropped", folder=garbage_waits)["dropped"]
    assert {(one["reader"], one["dropped_by"], one["reason"]) for one in dropped} == {
        (reader, "li.na", "a broken sender")
    }
    assert sorted(one["offset"] for one in dropped) == [0, 1]
    assert readers_waiting(garbage_waits) == set(others)


def test_nothing_is_dropped_by_mistake(garbage_waits: Path) -> None:
    reader = min(readers_waiting(garbage_waits))
    drop = "parked", "drop", "sales"

    wordless = run(*drop, "key", "--reader", reader, "--reason", " ", folder=garbage_waits)
    unknown = run(*drop, "nobody", "--reason", "why", folder=garbage_waits)
    several = run(*drop, "key", "--reason", "why", folder=garbage_waits)
    moved = run(*drop, "key", "--reader", reader, "--reason", "why", "--offset", 7, folder=garbage_waits)

    assert [wordless.exit_code, unknown.exit_code, several.exit_code, moved.exit_code] == [2, 1, 2, 1]
    assert reader in several.stderr
    assert parked_json("list", "--dropped", folder=garbage_waits)["dropped"] == []


def test_for_a_person_the_list_says_what_waits_and_never_a_value(garbage_waits: Path) -> None:
    listed = run("parked", "list", folder=garbage_waits)
    driven = run("parked", "redrive", "sales", folder=garbage_waits)
    nothing = run("parked", "list", "contacts", folder=garbage_waits)

    assert (listed.exit_code, driven.exit_code) == (0, 1)
    assert "Undecodable" in listed.stdout
    assert "no event" not in listed.stdout
    assert "Undecodable" in driven.stdout
    assert nothing.exit_code == 0


def test_where_nothing_is_there_is_nothing_to_list(tmp_path: Path) -> None:
    result = run("parked", "list", folder=tmp_path)

    assert result.exit_code == 4
    assert "crm up" in result.stderr

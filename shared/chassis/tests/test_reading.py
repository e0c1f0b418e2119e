"""Queries: pages, languages, reading one's own writes, and read-only connections."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Semaphore
from uuid import UUID

import pytest
from sqlalchemy import event

from crm_chassis.runtime import ServiceRuntime
from crm_chassis.testing import NOON, Client, at_noon, received, runtime_behind, settle
from crm_chassis.web.language import language_of
from crm_chassis.web.pagination import cursor_of
from shared.chassis.tests.support.notes_service import NoteTaken

FIVE = [
    received(
        NoteTaken(note_id=UUID(int=n), words=f"note {n}"),
        subject=UUID(int=n),
        source="notes",
        time=NOON + timedelta(hours=n),
    )
    for n in range(5)
]


@pytest.fixture
def five_notes(notes: Client) -> Client:
    notes.project(*FIVE)
    return notes


def test_pages_show_every_item_once_although_new_ones_arrive(five_notes: Client) -> None:
    first = five_notes.get("/notes", params={"limit": 2}).json()
    five_notes.project(
        received(NoteTaken(note_id=UUID(int=9), words="earlier"), source="notes", time=NOON - timedelta(hours=1))
    )
    second = five_notes.get("/notes", params={"limit": 2, "cursor": first["next"]}).json()
    last = five_notes.get("/notes", params={"limit": 2, "cursor": second["next"]}).json()

    words = [note["words"] for page in (first, second, last) for note in page["items"]]
    assert words == ["note 0", "note 1", "note 2", "note 3", "note 4"]
    assert last["next"] is None


BEFORE_ALL_TIME = cursor_of("0001-01-01T00:00:00+14:00", UUID(int=1))


@pytest.mark.parametrize("cursor", ["x", "!!", "bm8", "WzEsMl0", "a" * 1001, "IlwiXHUwMDAwIg", BEFORE_ALL_TIME])
def test_a_cursor_that_is_not_ours_is_refused(five_notes: Client, cursor: str) -> None:
    answer = five_notes.get("/notes", params={"cursor": cursor})

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "cursor")


@pytest.mark.parametrize("limit", [0, 201, "many"])
def test_a_page_has_between_one_and_two_hundred_items(notes: Client, limit: object) -> None:
    assert notes.get("/notes", params={"limit": str(limit)}).status_code == 422


@pytest.mark.parametrize(
    ("wish", "tongue"),
    [
        ("", "en"),
        ("zh", "zh"),
        ("zh-Hans-CN,en;q=0.8", "zh"),
        ("en,zh;q=0.9", "en"),
        ("fr,zh;q=0.1", "zh"),
        ("zh;q=0", "en"),
        ("zh;q=x", "en"),
        ("*", "en"),
    ],
)
def test_the_reader_gets_the_better_liked_of_the_two_languages(wish: str, tongue: str) -> None:
    assert language_of(wish) == tongue


@pytest.fixture
def runtime(notes: Client) -> ServiceRuntime:
    """Return the whole notes service behind its web client, which waits half a minute for visibility."""
    notes.app.state.settings = settings = notes.app.state.settings.model_copy(update={"wait_seconds": 30.0})
    runtime = runtime_behind(notes, settings, at_noon)
    runtime.migrate()
    asyncio.run(runtime.create_topics())
    notes.app.state.visible = runtime.visible
    return runtime


def test_a_query_waits_until_it_can_show_what_the_caller_wrote(notes: Client, runtime: ServiceRuntime) -> None:
    position = notes.command("take-note", {"words": "tea"}).json()["position"]
    looks = Semaphore(0)

    @event.listens_for(runtime.engine, "after_cursor_execute")
    def look(_: object, __: object, statement: str, *___: object) -> None:
        if "relay_checkpoints" in statement:
            looks.release()

    with ThreadPoolExecutor() as aside:
        asked = aside.submit(notes.get, "/notes", params={"at_least": position})
        assert looks.acquire(timeout=20)
        assert looks.acquire(timeout=20), "it looks again while there is nothing to see"
        settle(runtime)

    assert [note["words"] for note in asked.result().json()["items"]] == ["tea"]


def test_a_query_that_waits_too_long_says_when_to_ask_again(notes: Client, runtime: ServiceRuntime) -> None:
    shown, waits = (notes.command("take-note", {"words": words}).json()["position"] for words in ("tea", "milk"))
    notes.app.state.settings = runtime.settings.model_copy(update={"wait_seconds": 0.0})

    early = notes.get("/notes", params={"at_least": waits})
    settle(runtime)
    answers = [notes.get("/notes", params={"at_least": position}).status_code for position in (shown, waits)]

    assert (early.status_code, early.headers["Retry-After"]) == (503, "1")
    assert early.json()["type"] == "urn:crm:problem:not-ready-yet"
    assert [(each["field"], each["value"]) for each in early.json()["errors"]] == [("at_least", waits)]
    assert answers == [200, 200]


@pytest.mark.parametrize("position", ["3", "3:", ":3", "3:x", "-1:3", "4:1", "9999:1"])
def test_a_position_is_one_of_our_partitions_and_a_number(notes: Client, position: str) -> None:
    assert notes.get("/notes", params={"at_least": position}).status_code == 422


def test_a_query_cannot_write(notes: Client) -> None:
    assert notes.post("/notes/scribble").status_code == 500
    assert notes.get("/notes").json()["items"] == []
    assert notes.command("take-note", {"words": "the connection writes again"}).status_code == 201

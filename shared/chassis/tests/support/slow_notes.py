"""A slow notes service: a page that takes its time, and an effect of each note that does."""

import os
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any, ClassVar
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from crm_chassis.process import main
from crm_chassis.service import Service
from crm_eventlog.envelope import CloudEvent
from crm_eventlog.reactions import Effect
from shared.chassis.tests.support.notes_service import NOTES, READ_MODEL, NoteTaken, notes_with, publish

PAGE_SECONDS, LETTER_SECONDS = 2.0, 0.05


def slow_pages(folder: Path) -> APIRouter:
    """Serve pages that write the file `begun` to the folder before they take their time."""
    router = APIRouter()

    @router.get("/slow")
    def slow_page() -> str:
        """Write the file and take a while."""
        (folder / "begun").touch()
        Event().wait(PAGE_SECONDS)
        return "here you are"

    @router.get("/for-ever")
    def for_ever() -> str:
        """Never answer."""
        (folder / "begun").touch()
        Event().wait()
        return "never"

    return router


def post(event: CloudEvent, letters: Path) -> None:
    """Post a letter about a note, once, even if the event is delivered again."""
    if letters.exists() and f"{event.id}\n" in letters.read_text("utf-8"):
        return
    Event().wait(LETTER_SECONDS)
    with letters.open("a", encoding="utf-8") as file:
        file.write(f"{event.id}\n")


def slow(name: str, folder: Path) -> Service:
    """Return the slow service on a topic of its own, with its files in the folder."""

    class DecodedRecord(NoteTaken):
        TYPE: ClassVar[str] = f"crm.{name}.NoteTaken.v1"

    def publish_under_its_name(fact: object, customer_id: UUID) -> BaseModel | None:
        taken = publish(fact, customer_id)
        return None if taken is None else DecodedRecord(**taken.model_dump())

    def parse(kind: str, payload: bytes) -> NoteTaken | None:
        return DecodedRecord.model_validate_json(payload) if kind == DecodedRecord.TYPE else None

    def post_once(event: CloudEvent) -> None:
        post(event, folder / "posted.txt")

    def effects(settings: Any, application: Any, engine: Any, clock: Any) -> tuple[Effect, ...]:
        return (Effect(DecodedRecord, post_once, close=(folder / "closed").touch),)

    notes = notes_with(
        name,
        read_models=(replace(READ_MODEL, topics=frozenset({f"crm.{name}.v1"})),),
        routers=(*NOTES.routers, slow_pages(folder)),
        publish=publish_under_its_name,
        effects=effects,
    )
    return replace(notes, parse=parse)


if __name__ == "__main__":
    main(slow(os.environ["SLOW_NOTES"], Path(os.environ["SLOW_NOTES_FOLDER"])))

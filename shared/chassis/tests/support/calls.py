"""Calls to the notes service over HTTP, as its clients make them."""

from typing import Any

import httpx

from crm_chassis.runner import TaskRunner
from crm_chassis.testing import SAID_BY


def caller(host: TaskRunner) -> httpx.AsyncClient:
    """Open a client whose headers name Lin Mei."""
    return httpx.AsyncClient(base_url=host.url, headers=SAID_BY, timeout=30)


async def take_note(host: TaskRunner, words: str, **headers: str) -> dict[str, Any]:
    """Take a note and return the response."""
    async with caller(host) as client:
        answer = await client.post("/commands/take-note", json={"words": words}, headers=headers)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())


async def notes_at(host: TaskRunner, position: str) -> list[str]:
    """Return the words of all notes, once this position is shown."""
    async with caller(host) as client:
        answer = await client.get("/notes", params={"at_least": position})
        assert answer.status_code == 200, answer.text
        return [note["words"] for note in answer.json()["items"]]

"""Commands over HTTP: what is answered, what is refused, and in whose words."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from notes_service import SERVICE

from crm_chassis.testing import Client, client


@pytest.fixture
def notes(tmp_path: Path) -> Iterator[Client]:
    with client(SERVICE, tmp_path) as caller:
        yield caller


def test_a_command_is_answered_with_id_version_position_and_etag(notes: Client) -> None:
    answer = notes.command("take-note", {"words": "likes tea"})

    assert answer.status_code == 201
    assert answer.json()["version"] == 1
    assert answer.headers["ETag"] == '"1"'

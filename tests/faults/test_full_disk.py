"""A full disk under the embedded default: commands are refused, nothing is half written, and with room it goes on."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event

from crm_chassis.testing import Client, client
from crm_eventlog.audit import verify_chains
from crm_support.service import SERVICE

PLENTY = 1_000_000


class Disk:
    """A limit on the pages of the file: a real limit of SQLite's, which answers that the disk is full."""

    pages: int | None = None

    def limit(self, connection: sqlite3.Connection, *_: Any) -> None:
        used = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {used if self.pages is None else self.pages}")


@pytest.fixture
def disk() -> Disk:
    return Disk()


@pytest.fixture
def support(tmp_path: Path, disk: Disk) -> Iterator[Client]:
    """Open support on a disk that is full, but for the room in the pages it has."""
    with client(SERVICE, tmp_path) as support:
        event.listen(support.engine, "checkout", disk.limit)
        yield support


def complain(support: Client, number: int) -> Any:
    complaint = {
        "customer_id": str(UUID(int=number % 5 + 1)),
        "channel": "web",
        "subject": "flickers",
        "text": "Why? " * 99,
    }
    return support.command("file-complaint", complaint, idempotency_key=f"complaint-{number}")


def test_commands_are_refused_clearly_nothing_is_half_written_and_with_room_they_are_taken(
    support: Client, disk: Disk
) -> None:
    answers = [complain(support, number) for number in range(40)]
    refused = [number for number, answer in enumerate(answers) if answer.status_code == 507]
    kept = sum(n for n, _ in support.store.heads().values())

    disk.pages = PLENTY
    again = [complain(support, number) for number in refused]

    assert refused
    assert {answer.status_code for answer in answers} == {201, 507}
    assert {answers[number].headers["content-type"] for number in refused} == {"application/problem+json"}
    assert kept == 2 * (len(answers) - len(refused))
    assert {answer.status_code for answer in again} == {201}
    assert list(verify_chains(support.store)) == []
    assert sum(n for n, _ in support.store.heads().values()) == 2 * len(answers)

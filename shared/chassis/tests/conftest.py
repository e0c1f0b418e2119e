"""The notes service over HTTP, on an empty store."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from crm_chassis import logs
from crm_chassis.testing import Client, client
from shared.chassis.tests.support.notes_service import SERVICE


@pytest.fixture
def notes(tmp_path: Path) -> Iterator[Client]:
    """Serve the notes service with a fixed clock and ids in sequence."""
    logs.configure("INFO", console=False)
    with client(SERVICE, tmp_path) as caller:
        yield caller

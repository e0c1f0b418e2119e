"""A service of each test's own, with nothing in it yet."""

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.faults.stage import Stage, on_stage


@pytest.fixture
def stage(fresh_database: Callable[[str], str], kafka_server: str, tmp_path: Path) -> Iterator[Stage]:
    """An empty service under a name nobody else has."""
    with on_stage(f"faults-{uuid4().hex[:8]}", fresh_database("faults"), kafka_server, tmp_path) as stage:
        yield stage

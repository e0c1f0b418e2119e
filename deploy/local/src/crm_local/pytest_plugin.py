"""Real PostgreSQL and real Kafka for any test of the house: found or started when first asked for, once per session.

- `postgres_server`: a `PostgresServer`; its `fresh_database()` returns the URL of a new, empty database.
- `fresh_database`: that function itself.
- `kafka_server`: the bootstrap servers.
- `server_folder`: an empty folder for a `LocalPostgres` or `LocalKafka` of one test's own, to be killed and restarted.

Tests that use them, or are marked `needs_postgres` or `needs_kafka`, are skipped with the reason where the part is not
to be had; with CI=true or REQUIRE_REAL=1 they fail.
"""

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn

import pytest

from crm_local import databases
from crm_local.find import PartUnavailable, Running, Source, find_kafka, find_postgres

NEEDS = {"needs_postgres": "postgres_server", "needs_kafka": "kafka_server"}
SESSION = pytest.StashKey["RealParts"]()


@dataclass(frozen=True)
class PostgresServer:
    """A running server; `url` leads to its own database, which tests leave alone.

    On a server that stays when we are gone, the databases that we made are removed when `leaving` closes.
    """

    url: str
    leaving: ExitStack | None = None

    def fresh_database(self, purpose: str = "test") -> str:
        """Create an empty database that nobody else uses, and return its URL (`postgresql://...`)."""
        name = f"crm_{purpose}_{secrets.token_hex(6)}"
        if self.leaving is not None:
            self.leaving.callback(databases.drop_database, self.url, name)
        return databases.create_database(self.url, name)


def go_without(reason: str) -> NoReturn:
    """Skip the test whose real part is missing; fail it where real parts are required."""
    if os.environ.get("CI", "").lower() == "true" or os.environ.get("REQUIRE_REAL") == "1":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


class RealParts:
    """What this session runs on: begun when first asked for, ended with the session, in the reverse order."""

    def __init__(self) -> None:
        self.sources: dict[str, Source] = {"PostgreSQL": find_postgres(), "Kafka": find_kafka()}
        self.ending = ExitStack()
        self.running: dict[str, Running] = {}

    def begin(self, name: str) -> str:
        """The address of a part, or the test that asked is skipped; it fails where real parts are required."""
        try:
            self.running[name] = self.sources[name].begin(self.ending)
        except PartUnavailable as trouble:
            go_without(f"needs {name}, which is not to be had here: {trouble}")
        return self.running[name].address


def pytest_configure(config: pytest.Config) -> None:
    """Say what the marks mean, and look where the parts will come from."""
    config.addinivalue_line("markers", "needs_postgres: runs on a real PostgreSQL")
    config.addinivalue_line("markers", "needs_kafka: runs on a real Kafka")
    config.stash[SESSION] = RealParts()


def pytest_report_header(config: pytest.Config) -> list[str]:
    """The first lines of the output say where the real parts will come from."""
    return [f"{name}: {source.whence}" for name, source in config.stash[SESSION].sources.items()]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say so at the end when a part came from elsewhere than announced."""
    parts = config.stash[SESSION]
    for name, running in parts.running.items():
        if running.whence != parts.sources[name].whence:
            terminalreporter.write_line(f"{name}: {running.whence}")


def pytest_unconfigure(config: pytest.Config) -> None:
    """End what this session began."""
    if (parts := config.stash.get(SESSION, None)) is not None:
        parts.ending.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that uses a part's fixture carries its mark, so that `-m 'not needs_kafka'` leaves it out."""
    for item in items:
        for mark, fixture in NEEDS.items():
            if fixture in getattr(item, "fixturenames", ()):
                item.add_marker(mark)


@pytest.fixture(scope="session")
def postgres_server(pytestconfig: pytest.Config) -> PostgresServer:
    """A real PostgreSQL."""
    parts = pytestconfig.stash[SESSION]
    url = parts.begin("PostgreSQL")
    return PostgresServer(url, parts.ending if parts.running["PostgreSQL"].lasting else None)


@pytest.fixture(scope="session")
def fresh_database(postgres_server: PostgresServer) -> Callable[..., str]:
    """A function: each call creates an empty database on the real PostgreSQL and returns its URL."""
    return postgres_server.fresh_database


@pytest.fixture(scope="session")
def kafka_server(pytestconfig: pytest.Config) -> str:
    """The bootstrap servers of a real Kafka."""
    return pytestconfig.stash[SESSION].begin("Kafka")


@pytest.fixture
def server_folder() -> Iterator[Path]:
    """An empty folder that goes with the test, and that the user whom PostgreSQL runs as may enter.

    Not `tmp_path`: each run of pytest on the machine closes the folder above it to other users again.
    """
    with TemporaryDirectory(prefix="crm-server-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture(autouse=True)
def _what_the_marks_ask_for(request: pytest.FixtureRequest) -> None:
    for mark, fixture in NEEDS.items():
        if request.node.get_closest_marker(mark) is not None:
            request.getfixturevalue(fixture)

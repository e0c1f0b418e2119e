"""Fixtures of a real PostgreSQL and a real Kafka, found or started when first requested, once per run.

- `postgres_server`: a `PostgresServer`. Its `fresh_database()` returns the URL of a new, empty database.
- `fresh_database`: that function itself.
- `kafka_server`: the bootstrap servers.
- `server_folder`: an empty folder for a `LocalPostgres` or `LocalKafka` of one test's own, to be killed and restarted.

Tests that use them, or are marked `needs_postgres` or `needs_kafka`, are skipped with the reason if the part is not
available. With CI=true or REQUIRE_REAL=1 they fail. `--without-servers` leaves out every test that starts a server.
The workers of pytest-xdist share the parts: their leader starts each for the first worker that asks.
"""

import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NoReturn

import pytest

from crm_local import databases
from crm_local.find import PartUnavailable, Running, Source, find_kafka, find_postgres
from crm_local.lending import Lender, Place, borrowed

NEEDS = {"needs_postgres": "postgres_server", "needs_kafka": "kafka_server"}
# A test with one of these fixtures or of the marks above needs a server.
SERVERS = {*NEEDS.values(), "server_folder"}
LENT = "real_parts"
LEFT_OUT = "without_servers"
SESSION = pytest.StashKey["RealParts"]()


@dataclass(frozen=True)
class PostgresServer:
    """A running server. `url` leads to its own database, which tests leave alone.

    On a server that stays when we end, the databases that we made are removed when `leaving` closes.
    """

    url: str
    leaving: ExitStack | None = None

    def fresh_database(self, purpose: str = "test") -> str:
        """Create a new, empty database, and return its URL (`postgresql://...`)."""
        name = f"crm_{purpose}_{secrets.token_hex(6)}"
        if self.leaving is not None:
            self.leaving.callback(databases.drop_database, self.url, name)
        return databases.create_database(self.url, name)


def go_without(reason: str) -> NoReturn:
    """Skip the test whose real part is missing, or fail it if real parts are required."""
    if os.environ.get("CI", "").lower() == "true" or os.environ.get("REQUIRE_REAL") == "1":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def find_parts() -> dict[str, Source]:
    """Find the sources of the parts."""
    return {"PostgreSQL": find_postgres(), "Kafka": find_kafka()}


class RealParts:
    """The servers of this run: started when first requested, ended with the session, in reverse order."""

    def __init__(self, sources: Mapping[str, Source] | None = None) -> None:
        self.sources = dict(sources or find_parts())
        self.ending = ExitStack()
        self.running: dict[str, Running] = {}
        self.lender: Lender | None = None
        self.left_out = 0

    def begin(self, name: str) -> str:
        """Return the address of a part. Skip the requesting test if there is none, or fail it if one is required."""
        try:
            return self.begun(name).address
        except PartUnavailable as trouble:
            go_without(f"needs {name}, which is not available here: {trouble}")

    def begun(self, name: str) -> Running:
        """Start a part unless it runs."""
        if name not in self.running:
            self.running[name] = self.sources[name].begin(self.ending)
        return self.running[name]

    def lend(self) -> Place:
        """Start lending parts to other processes. Return the place where they ask."""
        self.lender = self.lender or Lender(self.begun)
        return self.lender.place

    def end(self) -> None:
        """End everything that was started."""
        if self.lender is not None:
            self.lender.stop()
        self.ending.close()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that leaves out all tests with a server."""
    help = "leave out the tests that start PostgreSQL or Kafka, and say how many"
    parser.addoption("--without-servers", action="store_true", help=help)


def pytest_configure(config: pytest.Config) -> None:
    """Register the marks and find the sources of the parts. A worker borrows those of its leader."""
    config.addinivalue_line("markers", "needs_postgres: runs on a real PostgreSQL")
    config.addinivalue_line("markers", "needs_kafka: runs on a real Kafka")
    # Brokers of tests live for seconds, so Java's second compiler would cost more than it saves.
    os.environ.setdefault("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1")
    lent = of_worker(config, "workerinput").get(LENT)
    sources = {name: borrowed(name, Place(*lent)) for name in ("PostgreSQL", "Kafka")} if lent else find_parts()
    config.stash[SESSION] = RealParts(sources)


def of_worker(holder: object, name: str) -> dict[str, Any]:
    """Return the data that pytest-xdist passes between a worker and its leader, empty outside of one."""
    return getattr(holder, name, None) or {}


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker where to borrow the parts."""
    node.workerinput[LENT] = tuple(node.config.stash[SESSION].lend())


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over the number of tests that a worker left out. It is the same for all workers."""
    parts = node.config.stash[SESSION]
    parts.left_out = of_worker(node, "workeroutput").get(LEFT_OUT, parts.left_out)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Report the number of tests left out to the leader."""
    of_worker(session.config, "workeroutput")[LEFT_OUT] = session.config.stash[SESSION].left_out


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Report the sources of the real parts in the first lines of the output."""
    return [f"{name}: {source.whence}" for name, source in config.stash[SESSION].sources.items()]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Report the tests left out, and parts with another source than announced."""
    parts = config.stash[SESSION]
    for name, running in parts.running.items():
        if running.whence != parts.sources[name].whence:
            terminalreporter.write_line(f"{name}: {running.whence}")
    if parts.left_out:
        terminalreporter.write_line(f"without servers: {parts.left_out} tests left out")


def pytest_unconfigure(config: pytest.Config) -> None:
    """End what this session started."""
    if (parts := config.stash.get(SESSION, None)) is not None:
        parts.end()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark each test with the parts whose fixtures it uses, so that `-m 'not needs_kafka'` leaves it out."""
    for item in items:
        for mark, fixture in NEEDS.items():
            if fixture in getattr(item, "fixturenames", ()):
                item.add_marker(mark)
    if config.getoption("without_servers"):
        leave_out(config, items)


def leave_out(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect every test that would start a server."""
    with_server = [item for item in items if starts_server(item)]
    config.hook.pytest_deselected(items=with_server)
    config.stash[SESSION].left_out = len(with_server)
    items[:] = [item for item in items if not starts_server(item)]


def starts_server(item: pytest.Item) -> bool:
    """Return True if the fixtures or the marks of a test need a server."""
    fixtures = getattr(item, "fixturenames", ())
    return not SERVERS.isdisjoint(fixtures) or any(item.get_closest_marker(mark) for mark in NEEDS)


@pytest.fixture(scope="session")
def postgres_server(pytestconfig: pytest.Config) -> PostgresServer:
    """Start a real PostgreSQL."""
    parts = pytestconfig.stash[SESSION]
    url = parts.begin("PostgreSQL")
    return PostgresServer(url, parts.ending if parts.running["PostgreSQL"].lasting else None)


@pytest.fixture(scope="session")
def fresh_database(postgres_server: PostgresServer) -> Callable[..., str]:
    """Return a function that creates an empty database on the real PostgreSQL and returns its URL."""
    return postgres_server.fresh_database


@pytest.fixture(scope="session")
def kafka_server(pytestconfig: pytest.Config) -> str:
    """Return the bootstrap servers of a real Kafka."""
    return pytestconfig.stash[SESSION].begin("Kafka")


@pytest.fixture
def server_folder() -> Iterator[Path]:
    """Create an empty folder for one test, which the user that PostgreSQL runs as may enter.

    Not `tmp_path`, because each run of pytest on the machine closes the folder above it to other users again.
    """
    with TemporaryDirectory(prefix="crm-server-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture(autouse=True)
def _what_the_marks_ask_for(request: pytest.FixtureRequest) -> None:
    for mark, fixture in NEEDS.items():
        if request.node.get_closest_marker(mark) is not None:
            request.getfixturevalue(fixture)

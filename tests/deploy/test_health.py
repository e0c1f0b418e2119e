"""The question that a container asks its own service, put to real answers."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from crm_local.server import free_ports
from tests.deploy.tools import DEPLOY


@contextmanager
def a_service_that_says(status: int, told: str) -> Iterator[int]:
    """Yield the port of a listener on loopback that gives one answer to every question."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(f"{self.path} {told}".encode())

        def log_message(self, *_: object) -> None:
            """Write nothing, for nobody reads it."""

    server = HTTPServer(("127.0.0.1", 0), Answer)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def ask(question: str, port: int | None, **more: str) -> subprocess.CompletedProcess[str]:
    surroundings = {"CRM_SERVICE": "support", **more} | ({} if port is None else {"CRM_SUPPORT_PORT": str(port)})
    command = [sys.executable, "-I", str(DEPLOY / "health.py"), question]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=surroundings, timeout=30)


@pytest.mark.parametrize(
    ("question", "path"), [("live", "/health/live"), ("ready", "/health/ready"), ("metrics", "/metrics")]
)
def test_a_service_that_is_well_makes_the_check_succeed(question: str, path: str) -> None:
    with a_service_that_says(200, "well") as port:
        done = ask(question, port)

    assert (done.returncode, done.stdout) == (0, f"{path} well\n")


def test_a_service_that_is_not_ready_makes_the_check_fail_with_its_reasons() -> None:
    with a_service_that_says(503, "the relay is behind") as port:
        done = ask("ready", port)

    assert done.returncode == 1
    assert "the relay is behind" in done.stderr


def test_a_proxy_for_the_outside_is_not_asked_about_loopback() -> None:
    with a_service_that_says(200, "well") as port:
        done = ask("live", port, http_proxy="http://127.0.0.1:9", HTTP_PROXY="http://127.0.0.1:9")

    assert done.returncode == 0


def test_nobody_listening_makes_the_check_fail() -> None:
    [port] = free_ports(1)

    done = ask("live", port)

    assert done.returncode == 1


def test_a_port_that_nobody_knows_is_said() -> None:
    done = ask("live", None)

    assert done.returncode == 1
    assert "CRM_SUPPORT_PORT is not set" in done.stderr


def test_another_question_is_answered_with_the_three_that_exist() -> None:
    done = ask("well?", 8000)

    assert done.returncode == 1
    assert "live | ready | metrics" in done.stderr

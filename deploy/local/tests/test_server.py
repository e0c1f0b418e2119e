"""One process: awaited, stopped by its id, found again, and never left behind."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from signal import SIGTERM

import psutil
import pytest

from crm_local.server import Server, ServerDidNotStart, free_ports, is_free, listens

LISTENING = """
import socket, sys
print("ready soon", flush=True)
server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
while True:
    server.accept()[0].close()
"""


@pytest.fixture
def a_server(tmp_path: Path) -> Iterator[Server]:
    server = Server("listener", tmp_path, SIGTERM)
    yield server
    server.kill()


def launched(server: Server, port: int) -> Server:
    server.launch([sys.executable, "-c", LISTENING, str(port)])
    server.wait_until(partial(listens, port), within=20)
    return server


def test_a_started_server_answers_and_a_stopped_one_is_gone(a_server: Server) -> None:
    [port] = free_ports(1)

    launched(a_server, port)
    answered = listens(port)
    a_server.stop()

    assert answered
    assert not listens(port)
    assert a_server.process is None


def test_a_server_that_dies_says_what_its_log_ended_with(a_server: Server) -> None:
    a_server.launch([sys.executable, "-c", "print('the disk is full'); raise SystemExit(3)"])

    with pytest.raises(ServerDidNotStart, match=r"ended with code 3(?s:.)*the disk is full"):
        a_server.wait_until(lambda: False, within=20)


def test_a_server_that_stays_silent_is_stopped_at_the_deadline(a_server: Server) -> None:
    a_server.launch([sys.executable, "-c", LISTENING, *map(str, free_ports(1))])

    with pytest.raises(ServerDidNotStart, match="does not answer after 0 s"):
        a_server.wait_until(lambda: False, within=0)

    assert a_server.process is None


def test_a_later_run_finds_and_ends_what_an_earlier_one_left(a_server: Server, tmp_path: Path) -> None:
    [port] = free_ports(1)
    launched(a_server, port)

    Server("listener", tmp_path, SIGTERM).stop()

    assert not listens(port)


def test_the_number_of_a_dead_server_given_to_another_process_is_not_touched(a_server: Server, tmp_path: Path) -> None:
    bystander = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    (tmp_path / "listener.pid").write_text(f"{bystander.pid} 12345.0")

    a_server.kill()

    assert bystander.poll() is None
    bystander.communicate(b"go\n", timeout=20)
    assert bystander.returncode == 0


def test_free_ports_are_different_and_can_be_taken() -> None:
    ports = free_ports(20)

    taken = [socket.create_server(("127.0.0.1", port)) for port in ports]
    busy = [is_free(port) for port in ports]
    for each in taken:
        each.close()

    assert len(set(ports)) == 20
    assert not any(busy)


ONE_THAT_DIES = """
import os, signal, sys
from functools import partial
from pathlib import Path
from crm_local.server import Server, listens
server = Server("listener", Path(sys.argv[1]), signal.SIGTERM)
server.launch([sys.executable, "-c", sys.argv[3], sys.argv[2]])
server.wait_until(partial(listens, int(sys.argv[2])), within=20)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_server_ends_when_the_one_who_started_it_is_killed(a_server: Server, tmp_path: Path) -> None:
    [port] = free_ports(1)

    command = [sys.executable, "-c", ONE_THAT_DIES, str(tmp_path), str(port), LISTENING]
    killed = subprocess.run(command, check=False, timeout=30)

    assert killed.returncode == -9
    if (orphan := a_server.process) is not None:
        psutil.wait_procs([orphan], timeout=20)
    assert a_server.process is None

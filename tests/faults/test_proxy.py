"""The proxy passes everything on, until it is told to be slow, deaf or gone."""

import socket
from collections.abc import Iterator
from contextlib import closing
from time import monotonic

import pytest

from tests.faults.proxy import HOST, Network, Proxy


@pytest.fixture
def server() -> Iterator[socket.socket]:
    with socket.create_server((HOST, 0)) as listening:
        listening.settimeout(10)
        yield listening


@pytest.fixture
def door(server: socket.socket) -> Iterator[Proxy]:
    """Yield a proxy in front of the server."""
    with Network() as network:
        yield network.proxy(server.getsockname()[1])


def a_call(door: Proxy, server: socket.socket) -> tuple[socket.socket, socket.socket]:
    """Return both ends of a connection through the door."""
    caller = socket.create_connection((HOST, door.port), timeout=10)
    called, _ = server.accept()
    called.settimeout(10)
    return caller, called


def test_what_is_said_arrives_in_both_directions(door: Proxy, server: socket.socket) -> None:
    caller, called = a_call(door, server)
    with closing(caller), closing(called):
        caller.sendall(b"who is there?")
        asked = called.recv(100)
        called.sendall(b"Ms Chen")

        assert (asked, caller.recv(100)) == (b"who is there?", b"Ms Chen")


def test_when_one_end_goes_the_other_hears_of_it(door: Proxy, server: socket.socket) -> None:
    caller, called = a_call(door, server)
    with closing(called):
        caller.close()

        assert called.recv(100) == b""


def test_a_slow_door_takes_its_time_in_each_direction(door: Proxy, server: socket.socket) -> None:
    caller, called = a_call(door, server)
    with closing(caller), closing(called):
        door.delay = 0.2
        begun = monotonic()
        caller.sendall(b"slowly")
        called.recv(100)
        called.sendall(b"slowly")
        caller.recv(100)

        assert monotonic() - begun >= 0.4


def test_half_open_the_question_arrives_the_answer_does_not_and_healed_the_connection_is_broken(
    door: Proxy, server: socket.socket
) -> None:
    caller, called = a_call(door, server)
    with closing(caller), closing(called):
        door.answers_lost = True
        caller.sendall(b"sold?")
        asked = called.recv(100)
        called.sendall(b"sold")
        caller.settimeout(0.2)
        with pytest.raises(TimeoutError):
            caller.recv(100)

        door.heal()
        caller.settimeout(10)
        assert asked == b"sold?"
        with pytest.raises(ConnectionError):
            caller.recv(100)


def test_a_cut_breaks_connections_and_lets_new_ones_in(door: Proxy, server: socket.socket) -> None:
    caller, called = a_call(door, server)
    with closing(caller), closing(called):
        door.cut()
        with pytest.raises(ConnectionError):
            caller.recv(100)

    again, called = a_call(door, server)
    with closing(again), closing(called):
        again.sendall(b"again")
        assert called.recv(100) == b"again"


def test_nobody_behind_the_door_is_nobody_there(door: Proxy, server: socket.socket) -> None:
    server.close()

    with socket.create_connection((HOST, door.port), timeout=10) as caller:
        assert caller.recv(100) == b""

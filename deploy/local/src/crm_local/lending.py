"""Real parts shared by the workers of one run. Their leader starts each when a worker first asks for it."""

import secrets
from collections.abc import Callable
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Listener
from threading import Thread
from typing import Any, NamedTuple

from crm_local.find import PartUnavailable, Running, Source


class Place(NamedTuple):
    """The address of a lender, and the key that it requires."""

    host: str
    port: int
    key: bytes


class Lender:
    """A thread that starts a part on request, and returns its address or the reason why it is not available."""

    def __init__(self, begin: Callable[[str], Running]) -> None:
        self._begin = begin
        key = secrets.token_bytes(32)
        self._listener = Listener(("127.0.0.1", 0), backlog=64, authkey=key)
        host, port = self._listener.address
        self.place = Place(str(host), int(port), key)
        self._thread = Thread(target=self._lend, name="lender of real parts", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop lending. Return once a part that is starting has started."""
        _ask(self.place, None)
        self._thread.join()
        self._listener.close()

    def _lend(self) -> None:
        while self._answered():
            pass

    def _answered(self) -> bool:
        """Answer one process. Return False once no process is left to answer."""
        try:
            with self._listener.accept() as connection:
                name = connection.recv()
                connection.send(None if name is None else self._running_or_why_not(name))
                return name is not None
        except (AuthenticationError, EOFError, OSError):
            return True  # Another process, or a worker that died while it asked.

    def _running_or_why_not(self, name: str) -> Running | Exception:
        try:
            return self._begin(name)
        except PartUnavailable as trouble:
            return trouble
        except Exception as error:  # noqa: BLE001 - the worker that asked raises it
            return RuntimeError(f"{name} could not be started: {error!r}")


def borrowed(name: str, place: Place) -> Source:
    """Return the source of a part that the leader of this worker starts and ends."""

    def begin(_: object) -> Running:
        answer = _ask(place, name)
        if isinstance(answer, Running):
            return answer
        raise answer

    return Source("the leader of this worker", begin)


def _ask(place: Place, name: str | None) -> Any:
    with Client((place.host, place.port), authkey=place.key) as connection:
        connection.send(name)
        return connection.recv()

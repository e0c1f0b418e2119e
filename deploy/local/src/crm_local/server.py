"""One server process: started, awaited with a deadline, stopped by its id, never left behind."""

import os
import secrets
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from signal import Signals
from typing import Any

import psutil

from crm_local import guard

LOG_LINES_SHOWN = 30
# Below the ports of outgoing connections, because a server binds its port seconds after the choice.
PORTS = range(15_000, 32_000)


class ServerDidNotStart(Exception):
    """A server that died or stayed silent while it was awaited. The message ends with the tail of its log."""


def free_ports(count: int) -> list[int]:
    """Return different free loopback ports outside of the range for outgoing connections."""
    found: list[int] = []
    while len(found) < count:
        port = secrets.choice(PORTS)
        if port not in found and is_free(port):
            found.append(port)
    return found


def is_free(port: int) -> bool:
    """Return True if a server could listen on this loopback port now."""
    with suppress(OSError), socket.create_server(("127.0.0.1", port)):
        return True
    return False


def listens(port: int) -> bool:
    """Return True if a process accepts connections on this loopback port."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def as_user(name: str | None) -> dict[str, Any]:
    """Return the arguments that run a process as another user, with that user's group only. None needs none."""
    return {} if name is None else {"user": name, "group": name, "extra_groups": []}


@dataclass
class Server:
    """One process with its log and its id in a folder. `stop_signal` asks it to end."""

    name: str
    folder: Path
    stop_signal: Signals
    run_as: str | None = None
    _child: "subprocess.Popen[bytes] | None" = field(default=None, init=False, repr=False)
    _guard: "subprocess.Popen[bytes] | None" = field(default=None, init=False, repr=False)

    @property
    def log(self) -> Path:
        return self.folder / f"{self.name}.log"

    @property
    def _id_file(self) -> Path:
        return self.folder / f"{self.name}.pid"

    @property
    def process(self) -> psutil.Process | None:
        """Return the running process, even if an earlier run started it in this folder."""
        try:
            pid, begun = self._id_file.read_text().split()
            process = psutil.Process(int(pid))
            alive = process.status() != psutil.STATUS_ZOMBIE
            # Ids are reused by other processes. The start time tells them apart.
            return process if alive and process.create_time() == float(begun) else None
        except (FileNotFoundError, ValueError, psutil.NoSuchProcess):
            return None

    def launch(self, command: Sequence[str], *, environment: Mapping[str, str] | None = None) -> None:
        """Start the process, and first end one that an earlier run left behind. `environment` is added to ours."""
        self.stop()
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            # A separate session, so that Ctrl-C reaches us only and we end the servers in order.
            surroundings = {**os.environ, **(environment or {})}
            apart = {"cwd": "/", "start_new_session": True, "env": surroundings, **as_user(self.run_as)}
            self._child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **apart)
        begun = psutil.Process(self._child.pid).create_time()
        self._id_file.write_text(f"{self._child.pid} {begun!r}")
        self._guard = guard.watch(pid=self._child.pid, begun=begun, stop_signal=self.stop_signal)

    def wait_until(self, answers: Callable[[], bool], *, within: float = 60.0) -> None:
        """Wait until the launched server answers. Raise with the reason if it dies or stays silent too long."""
        deadline = time.monotonic() + within
        while not answers():
            code = self._wait_for_its_end(seconds=0.05)
            if code is not None or time.monotonic() > deadline:
                outcome = f"does not answer after {within:.0f} s" if code is None else f"ended with code {code}"
                self.stop()
                raise ServerDidNotStart(f"{self.name} {outcome}; its log ends:\n{self.tail()}")

    def _wait_for_its_end(self, *, seconds: float) -> int | None:
        if self._child is None:
            raise ServerDidNotStart(f"{self.name} was not started")
        with suppress(subprocess.TimeoutExpired):
            return self._child.wait(timeout=seconds)
        return None

    def tail(self) -> str:
        """Return the last lines of the log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-LOG_LINES_SHOWN:])

    def stop(self, *, within: float = 30.0, stop_signal: Signals | None = None) -> None:
        """Ask the server to end, and kill it if it takes too long. Do nothing if it does not run."""
        if (process := self.process) is not None:
            guard.end(process, stop_signal=stop_signal or self.stop_signal, within=within)
        self._forget()

    def kill(self) -> None:
        """Kill the server and all its children with SIGKILL, as a power failure would."""
        if (process := self.process) is not None:
            guard.kill(process)
        self._forget()

    def _forget(self) -> None:
        if self._child is not None:
            self._child.poll()
        self._id_file.unlink(missing_ok=True)
        if self._guard is not None:
            guard.dismiss(self._guard)
            self._guard = None

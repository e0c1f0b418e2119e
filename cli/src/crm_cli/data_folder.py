"""The folder with the data of a machine's services and the record of the process that runs them."""

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import psutil

from crm_cli.errors import CliError, ExitCode
from crm_cli.services import SERVICE_NAMES

DEMO = "demo"
_FILES = tuple(f"{name}.db" for name in (*SERVICE_NAMES, "log"))
_OURS = {"mail", "postgres", "kafka", "processes", "running.json", DEMO}


class NotRunning(CliError):
    """A folder from which no services run."""

    code = ExitCode.NOTHING_RUNS


class AlreadyRunning(CliError):
    """A folder from which services run already."""


class NotOurs(CliError):
    """A folder with something that no service put there."""


@dataclass(frozen=True, kw_only=True)
class Running:
    """Services that `crm` started: their process, addresses, databases and log.

    `beside` has the addresses of a service's processes that answer for their health only.
    """

    addresses: Mapping[str, str]
    databases: Mapping[str, str]
    log_url: str
    partitions: int
    beside: Mapping[str, Sequence[str]] = field(default_factory=dict)
    pid: int = field(default_factory=os.getpid)
    begun: float = field(default_factory=lambda: psutil.Process().create_time())

    @property
    def process(self) -> psutil.Process | None:
        """Return the process while it lives; another process with its number does not count."""
        try:
            process = psutil.Process(self.pid)
            ended = process.create_time() != self.begun or process.status() == psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return None
        return None if ended else process


class DataFolder:
    """The folder with the data of one machine's services."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()

    def __str__(self) -> str:
        """Return the path, relative to the current folder where it lies below."""
        here = Path.cwd()
        return str(self.folder.relative_to(here) if self.folder.is_relative_to(here) else self.folder)

    @property
    def _record(self) -> Path:
        return self.folder / "running.json"

    @property
    def of_demo(self) -> "DataFolder":
        """Return the folder in which the demo keeps its own data."""
        return DataFolder(self.folder / DEMO)

    @property
    def log_url(self) -> str:
        """Return the URL of the embedded default's log."""
        return f"sqlite:///{self.folder / 'log.db'}"

    @property
    def databases(self) -> dict[str, str]:
        """Return the URLs of the embedded default's databases."""
        return {name: f"sqlite:///{self.folder / name}.db" for name in SERVICE_NAMES}

    def record_process(self, running: Running) -> None:
        """Record the running services for their owner only, because the databases' addresses hold passwords."""
        self.folder.mkdir(parents=True, exist_ok=True)
        # Renamed when it is complete, so that nobody reads half of it.
        unfinished = self._record.with_suffix(".unfinished")
        unfinished.touch(mode=0o600)
        unfinished.write_text(json.dumps(asdict(running), indent=2))
        unfinished.rename(self._record)

    def clear(self) -> None:
        """Remove the record of running services."""
        self._record.unlink(missing_ok=True)

    def running(self) -> Running:
        """Return the services that run from this folder, or raise `NotRunning`."""
        try:
            running = Running(**json.loads(self._record.read_text()))
        except FileNotFoundError:
            raise NotRunning(f"nothing runs from {self}: start it with `crm up`") from None
        if running.process is None:
            raise NotRunning(f"what ran from {self} has ended: start it again with `crm up`")
        return running

    def running_here(self) -> Running:
        """Return the services that run from this folder, or else the demo below it, or raise `NotRunning`."""
        data_folder = self if self.is_running() or not self.of_demo.is_running() else self.of_demo
        return data_folder.running()

    def is_running(self) -> bool:
        """Tell whether another process runs services from this folder."""
        try:
            return self.running().pid != os.getpid()
        except NotRunning:
            return False

    def refuse_while_running(self) -> None:
        """Raise `AlreadyRunning` while another process runs services from this folder."""
        if self.is_running():
            raise AlreadyRunning(f"services run from {self} already: `crm down --folder {self}` ends them")

    def embedded_databases(self) -> dict[str, str]:
        """Return the URLs of those databases of the embedded default that exist."""
        return {name: url for name, url in self.databases.items() if (self.folder / f"{name}.db").exists()}

    def wipe(self) -> None:
        """Remove all data, or raise `NotOurs` when the folder holds anything else."""
        strangers = sorted(entry.name for entry in self._entries() if not _is_ours(entry.name))
        if strangers:
            raise NotOurs(
                f"{self} also holds {', '.join(strangers[:5])}, so nothing was removed: "
                "name the folder of the services with --folder"
            )
        shutil.rmtree(self.folder, ignore_errors=True)

    def _entries(self) -> list[Path]:
        return list(self.folder.iterdir()) if self.folder.is_dir() else []


def _is_ours(name: str) -> bool:
    return name in _OURS or name.startswith((*_FILES, "running."))

"""The folder where a machine keeps its services' data, and where its running services are found."""

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import psutil

from crm_cli.leaving import CannotBeDone, Code

SERVICE_NAMES = ("contacts", "sales", "marketing", "support", "loyalty")
DEMO = "demo"
_FILES = tuple(f"{name}.db" for name in (*SERVICE_NAMES, "log"))
_OURS = {"mail", "postgres", "kafka", "processes", "running.json", DEMO}


class NotRunning(CannotBeDone):
    """No services run from this folder."""

    code = Code.NOTHING_RUNS


class NotOurs(CannotBeDone):
    """A folder holds something that no service of ours put there."""


@dataclass(frozen=True, kw_only=True)
class Running:
    """What `crm` started: the process that keeps it, where its services answer, their databases and their log.

    `beside` are the addresses of those of a service's processes that answer for their health only.
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
        """The process that keeps it, while it lives; another one that was given its number is not it."""
        try:
            process = psutil.Process(self.pid)
            ended = process.create_time() != self.begun or process.status() == psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return None
        return None if ended else process


class Place:
    """The data of one machine's services."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()

    def __str__(self) -> str:
        """The folder, from here where it lies below."""
        here = Path.cwd()
        return str(self.folder.relative_to(here) if self.folder.is_relative_to(here) else self.folder)

    @property
    def _memory(self) -> Path:
        return self.folder / "running.json"

    @property
    def of_demo(self) -> "Place":
        """Where the demo keeps its own data."""
        return Place(self.folder / DEMO)

    @property
    def log_url(self) -> str:
        """The log of the embedded default."""
        return f"sqlite:///{self.folder / 'log.db'}"

    @property
    def databases(self) -> dict[str, str]:
        """The databases of the embedded default."""
        return {name: f"sqlite:///{self.folder / name}.db" for name in SERVICE_NAMES}

    def remember(self, running: Running) -> None:
        """Write down what runs; only its owner may read it, for the databases' addresses hold passwords."""
        self.folder.mkdir(parents=True, exist_ok=True)
        # Renamed into place, so that nobody reads half of it.
        unfinished = self._memory.with_suffix(".unfinished")
        unfinished.touch(mode=0o600)
        unfinished.write_text(json.dumps(asdict(running), indent=2))
        unfinished.rename(self._memory)

    def forget(self) -> None:
        """Nothing runs any more."""
        self._memory.unlink(missing_ok=True)

    def running(self) -> Running:
        """What runs from this folder; `NotRunning` says how to start it."""
        try:
            running = Running(**json.loads(self._memory.read_text()))
        except FileNotFoundError:
            raise NotRunning(f"nothing runs from {self}: start it with `crm up`") from None
        if running.process is None:
            raise NotRunning(f"what ran from {self} has ended: start it again with `crm up`")
        return running

    def running_here(self) -> Running:
        """What runs from this folder, or else the demo below it; `NotRunning`."""
        place = self if self.is_running() or not self.of_demo.is_running() else self.of_demo
        return place.running()

    def is_running(self) -> bool:
        """Whether services run from this folder, kept by another process than this one."""
        try:
            return self.running().pid != os.getpid()
        except NotRunning:
            return False

    def embedded_databases(self) -> dict[str, str]:
        """The databases of the embedded default that are there."""
        return {name: url for name, url in self.databases.items() if (self.folder / f"{name}.db").exists()}

    def wipe(self) -> None:
        """Remove all data; `NotOurs` when something lies there that is not data of ours."""
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

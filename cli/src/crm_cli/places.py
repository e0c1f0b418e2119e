"""The folder where a machine keeps its services' data, and where its running services are found."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

HOME = Path(".crm")


class NotRunning(Exception):
    """No services run from this folder."""


@dataclass(frozen=True)
class Running:
    """What `crm up` started: the process that keeps it, the services' addresses, their databases and their log."""

    pid: int
    addresses: Mapping[str, str]
    databases: Mapping[str, str]
    log_url: str
    partitions: int


class Place:
    """The data of one machine's services."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()

    @property
    def _memory(self) -> Path:
        return self.folder / "running.json"

    def remember(self, running: Running) -> None:
        """Write down what runs; only its owner may read it, for the databases' addresses hold passwords."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._memory.touch(mode=0o600)
        self._memory.write_text(json.dumps(asdict(running), indent=2))

    def forget(self) -> None:
        """Nothing runs any more."""
        self._memory.unlink(missing_ok=True)

    def running(self) -> Running:
        """What runs from this folder; `NotRunning` says how to start it."""
        try:
            running = Running(**json.loads(self._memory.read_text()))
        except FileNotFoundError:
            raise NotRunning(f"nothing runs from {self.folder}: start it with `crm up`") from None
        if not psutil.pid_exists(running.pid):
            raise NotRunning(f"what ran from {self.folder} has ended: start it again with `crm up`")
        return running

    def is_running(self) -> bool:
        """Whether services run from this folder."""
        try:
            return self.running().pid != os.getpid()
        except NotRunning:
            return False

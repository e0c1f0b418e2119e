"""`crm up --real`: PostgreSQL and Kafka of this machine's own, and every service as processes on them."""

import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGTERM

import httpx

from crm_cli.leaving import CannotBeDone
from crm_cli.places import SERVICE_NAMES
from crm_local.kafka import LocalKafka
from crm_local.postgres import LocalPostgres
from crm_local.server import Server, ServerDidNotStart, free_ports

TOGETHER = ("run",)
SPLIT = ("serve", "relay", "project", "work")
Tell = Callable[[str], None]


class MigrationFailed(CannotBeDone):
    """A service's database was not brought to the schema of its code."""


class NotStarted(CannotBeDone):
    """A server or a service did not come up."""


@dataclass
class Processes:
    """The services' processes: where each service answers, and where its other processes tell of their health."""

    addresses: dict[str, str] = field(default_factory=dict)
    beside: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    servers: list[Server] = field(default_factory=list)


@contextmanager
def real_parts(folder: Path, tell: Tell) -> Iterator[tuple[dict[str, str], str]]:
    """A database per service and a log, on servers that run until the block ends; service -> URL, and the log's."""
    with ExitStack() as stack, _start_explained():
        tell("starting PostgreSQL")
        postgres = stack.enter_context(LocalPostgres(folder / "postgres"))
        tell("starting Kafka (the first time it is fetched, which takes a while)")
        kafka = stack.enter_context(LocalKafka(folder / "kafka"))
        databases = {name: postgres.create_database(f"crm_{name}") for name in SERVICE_NAMES}
        yield databases, f"kafka://{kafka.address}"


@contextmanager
def processes(
    folder: Path, databases: Mapping[str, str], log_url: str, *, smtp_port: int, split: bool, tell: Tell
) -> Iterator[Processes]:
    """Every service at work in processes of its own until the block ends.

    `split` runs each of serve, relay, project and work as a process; else one process does all four.
    """
    parts = SPLIT if split else TOGETHER
    ports = iter(free_ports(len(SERVICE_NAMES) * len(parts)))
    found = Processes()
    with ExitStack() as stack, _start_explained():
        for name in SERVICE_NAMES:
            surroundings = _environment(name, databases[name], log_url, smtp_port)
            if split:
                _migrate(name, surroundings)
            for part in parts:
                server, port = Server(f"{name}-{part}", folder, SIGTERM), next(ports)
                own = {**surroundings, f"CRM_{name.upper()}_PORT": str(port)}
                server.launch([sys.executable, "-m", f"crm_{name}", part], environment=own)
                stack.callback(server.stop)
                found.servers.append(server)
                _note(found, name, part, f"http://127.0.0.1:{port}")
            tell(f"{name} started")
        for server, url in zip(found.servers, _addresses(found), strict=True):
            server.wait_until(lambda url=url: _answers(url), within=120)  # type: ignore[misc]
        yield found


def ended_by_itself(servers: Sequence[Server]) -> str | None:
    """Which of these processes is gone, and the end of what it said."""
    for server in servers:
        if server.process is None:
            return f"{server.name} ended by itself; its log {server.log} ends:\n{server.tail()}"
    return None


@contextmanager
def _start_explained() -> Iterator[None]:
    try:
        yield
    except ServerDidNotStart as trouble:
        raise NotStarted(str(trouble)) from trouble


def _note(found: Processes, name: str, part: str, url: str) -> None:
    if part in ("serve", "run"):
        found.addresses[name] = url
    else:
        found.beside[name].append(url)


def _addresses(found: Processes) -> Iterator[str]:
    """Every address, in the order in which the processes were launched: a service's own is its first."""
    for name, url in found.addresses.items():
        yield url
        yield from found.beside[name]


def _environment(name: str, database: str, log_url: str, smtp_port: int) -> dict[str, str]:
    prefix = f"CRM_{name.upper()}_"
    own = {f"{prefix}DATABASE_URL": database, f"{prefix}LOG_URL": log_url}
    if name == "marketing":
        own |= {f"{prefix}SMTP_HOST": "127.0.0.1", f"{prefix}SMTP_PORT": str(smtp_port)}
    return own


def _migrate(name: str, surroundings: Mapping[str, str]) -> None:
    command = [sys.executable, "-m", f"crm_{name}", "migrate"]
    done = subprocess.run(command, env={**os.environ, **surroundings}, capture_output=True, text=True, check=False)
    if done.returncode:
        raise MigrationFailed(f"{name} could not be migrated:\n{done.stdout}{done.stderr}")


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health/live", timeout=2).is_success
    except httpx.HTTPError:
        return False

"""PostgreSQL and Kafka of this machine's own, and every service as processes on them."""

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

from crm_cli.errors import CliError
from crm_cli.services import SERVICE_NAMES
from crm_local.kafka import LocalKafka
from crm_local.postgres import LocalPostgres
from crm_local.server import Server, ServerDidNotStart, free_ports

TOGETHER = ("run",)
SPLIT = ("serve", "relay", "project", "work")
Announce = Callable[[str], None]


class MigrationFailed(CliError):
    """A service's database that could not be brought to the schema of its code."""


class NotStarted(CliError):
    """A server or a service that did not come up."""


@dataclass
class Processes:
    """The services' processes, with the address of each service and those of its other processes."""

    addresses: dict[str, str] = field(default_factory=dict)
    beside: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    servers: list[Server] = field(default_factory=list)


@contextmanager
def servers_for(folder: Path, announce: Announce) -> Iterator[tuple[dict[str, str], str]]:
    """Run PostgreSQL and Kafka until the block ends; yield service -> URL of its database, and the URL of the log."""
    with ExitStack() as stack, _explain_start():
        announce("starting PostgreSQL")
        postgres = stack.enter_context(LocalPostgres(folder / "postgres"))
        announce("starting Kafka (the first time it is fetched, which takes a while)")
        kafka = stack.enter_context(LocalKafka(folder / "kafka"))
        databases = {name: postgres.create_database(f"crm_{name}") for name in SERVICE_NAMES}
        yield databases, f"kafka://{kafka.address}"


@contextmanager
def processes(
    folder: Path, databases: Mapping[str, str], log_url: str, *, smtp_port: int, split: bool, announce: Announce
) -> Iterator[Processes]:
    """Run every service in processes of its own until the block ends.

    `split` runs each of serve, relay, project and work as a process; else one process does all four.
    """
    parts = SPLIT if split else TOGETHER
    ports = iter(free_ports(len(SERVICE_NAMES) * len(parts)))
    found = Processes()
    with ExitStack() as stack, _explain_start():
        for name in SERVICE_NAMES:
            environment = _environment(name, databases[name], log_url, smtp_port)
            if split:
                _migrate(name, environment)
            for part in parts:
                server, port = Server(f"{name}-{part}", folder, SIGTERM), next(ports)
                own = {**environment, f"CRM_{name.upper()}_PORT": str(port)}
                server.launch([sys.executable, "-m", f"crm_{name}", part], environment=own)
                stack.callback(server.stop)
                found.servers.append(server)
                _note(found, name, part, f"http://127.0.0.1:{port}")
            announce(f"{name} started")
        for server, url in zip(found.servers, _addresses(found), strict=True):
            server.wait_until(lambda url=url: _answers(url), within=120)  # type: ignore[misc]
        yield found


def first_ended(servers: Sequence[Server]) -> str | None:
    """Return which of these processes is gone, with the end of its log."""
    for server in servers:
        if server.process is None:
            return f"{server.name} ended by itself; its log {server.log} ends:\n{server.tail()}"
    return None


@contextmanager
def _explain_start() -> Iterator[None]:
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
    """Yield every address in the order in which the processes were launched: a service's own is its first."""
    for name, url in found.addresses.items():
        yield url
        yield from found.beside[name]


def _environment(name: str, database: str, log_url: str, smtp_port: int) -> dict[str, str]:
    prefix = f"CRM_{name.upper()}_"
    own = {f"{prefix}DATABASE_URL": database, f"{prefix}LOG_URL": log_url}
    if name == "marketing":
        own |= {f"{prefix}SMTP_HOST": "127.0.0.1", f"{prefix}SMTP_PORT": str(smtp_port)}
    return own


def _migrate(name: str, environment: Mapping[str, str]) -> None:
    command = [sys.executable, "-m", f"crm_{name}", "migrate"]
    done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=False)
    if done.returncode:
        raise MigrationFailed(f"{name} could not be migrated:\n{done.stdout}{done.stderr}")


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health/live", timeout=2).is_success
    except httpx.HTTPError:
        return False

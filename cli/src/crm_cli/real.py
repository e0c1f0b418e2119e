"""`crm up --real`: PostgreSQL and Kafka of this machine's own, and every service as processes on them."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from signal import SIGTERM

import httpx

from crm_cli.services import SERVICES
from crm_local.kafka import LocalKafka
from crm_local.postgres import LocalPostgres
from crm_local.server import Server, free_ports

SPLIT = ("serve", "relay", "project", "work")
Tell = Callable[[str], None]


class MigrationFailed(Exception):
    """A service's database was not brought to the schema of its code."""


@contextmanager
def real_parts(folder: Path, tell: Tell) -> Iterator[tuple[dict[str, str], str]]:
    """A database per service and a log, on servers that run until the block ends; service -> URL, and the log's."""
    with ExitStack() as stack:
        tell("starting PostgreSQL")
        postgres = stack.enter_context(LocalPostgres(folder / "postgres"))
        tell("starting Kafka (the first time it is fetched, which takes a while)")
        kafka = stack.enter_context(LocalKafka(folder / "kafka"))
        databases = {name: postgres.create_database(f"crm_{name}") for name in SERVICES}
        yield databases, f"kafka://{kafka.address}"


@contextmanager
def processes(
    folder: Path, databases: Mapping[str, str], log_url: str, *, smtp_port: int, split: bool, tell: Tell
) -> Iterator[dict[str, str]]:
    """Every service at work in processes of its own until the block ends; service -> the URL it answers at.

    `split` runs each of serve, relay, project and work as a process; else one process does all four.
    """
    ports = dict(zip(SERVICES, free_ports(len(SERVICES)), strict=True))
    with ExitStack() as stack:
        started: dict[str, Server] = {}
        for name in SERVICES:
            surroundings = _environment(name, databases[name], log_url, smtp_port)
            if split:
                _migrate(name, surroundings)
            for part in SPLIT if split else ("run",):
                server = Server(f"{name}-{part}", folder, SIGTERM)
                answers = part in ("serve", "run")
                own = {**surroundings, f"CRM_{name.upper()}_PORT": str(ports[name] if answers else 0)}
                server.launch([sys.executable, "-m", f"crm_{name}", part], environment=own)
                stack.callback(server.stop)
                if answers:
                    started[name] = server
            tell(f"{name} started")
        addresses = {name: f"http://127.0.0.1:{ports[name]}" for name in SERVICES}
        for name, server in started.items():
            server.wait_until(lambda url=addresses[name]: _answers(url), within=120)  # type: ignore[misc]
        yield addresses


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

"""A PostgreSQL as deploy/postgres/roles.sql leaves it: one database and one role per service."""

import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.engine import make_url

from crm_local import LocalPostgres
from crm_local.postgres import binaries
from tests.architecture.sources import SERVICES
from tests.deploy.tools import DEPLOY

# A password may hold what SQL and addresses give a meaning to.
PASSWORDS = {service: f"it's-{service}'s@:/%" for service in SERVICES}


@dataclass(frozen=True)
class Server:
    """A running server with the five roles."""

    postgres: LocalPostgres
    numbers: Iterator[int]

    def url(self, service: str, database: str | None = None) -> str:
        """Return a database as a service's role reaches it; its own unless another is named."""
        own = make_url(self.postgres.url).set(
            username=f"crm_{service}", password=PASSWORDS[service], database=database or f"crm_{service}"
        )
        return own.render_as_string(hide_password=False)

    def fresh_database(self, service: str) -> str:
        """Return one more database of this service's role, empty."""
        name = f"crm_{service}_{next(self.numbers)}"
        with psycopg.connect(self.postgres.url, autocommit=True) as db:
            made = "CREATE DATABASE {} OWNER {}"
            db.execute(sql.SQL(made).format(sql.Identifier(name), sql.Identifier(f"crm_{service}")))
        return self.url(service, name)


def run_psql(url: str, file: Path, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a file as the container of PostgreSQL does on an empty server."""
    command = [str(binaries() / "psql"), "--set", "ON_ERROR_STOP=1", "--no-psqlrc", "--file", str(file), url]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=dict(environment), timeout=60)


@pytest.fixture(scope="module")
def an_empty_server() -> Iterator[LocalPostgres]:
    with TemporaryDirectory(prefix="crm-server-", ignore_cleanup_errors=True) as folder:
        with LocalPostgres(Path(folder) / "postgres") as postgres:
            yield postgres
            # Nobody wants its data again, so nobody waits until they are written out.
            postgres.kill()


@pytest.fixture(scope="module")
def the_roles() -> Callable[[LocalPostgres], subprocess.CompletedProcess[str]]:
    surroundings = {f"CRM_{service.upper()}_PASSWORD": password for service, password in PASSWORDS.items()}
    return lambda postgres: run_psql(postgres.url, DEPLOY / "postgres" / "roles.sql", surroundings)


@pytest.fixture(scope="module")
def the_server(
    an_empty_server: LocalPostgres, the_roles: Callable[[LocalPostgres], subprocess.CompletedProcess[str]]
) -> Server:
    done = the_roles(an_empty_server)
    assert done.returncode == 0, done.stderr
    return Server(an_empty_server, count(1))

"""Servers for the faults: a PostgreSQL of our own, three brokers of our own, and the network between."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import psycopg
from sqlalchemy import make_url

from crm_local import LocalKafka, LocalPostgres
from crm_local.databases import database_url
from crm_local.postgres import hand_over, unprivileged_user
from tests.faults.proxy import Network, Proxy

BROKERS = 3
_SMALL_DISK = "size=24m"


@dataclass
class Servers:
    """A database behind a proxy; brokers behind proxies, or the address of a Kafka that nothing may be done to."""

    folder: Path
    brokers: int = BROKERS
    kafka_address: str = ""
    ending: ExitStack = field(default_factory=ExitStack)
    doors: list[Proxy] = field(default_factory=list)
    kafka: LocalKafka | None = None

    def __enter__(self) -> Self:
        with ExitStack() as ending:
            network = ending.enter_context(Network())
            self.postgres = ending.enter_context(LocalPostgres(self.folder / "postgres"))
            self.database_door = network.proxy(self.postgres.port)
            if self.brokers:
                self.doors = [network.proxy() for _ in range(self.brokers)]
                ports = [door.port for door in self.doors]
                self.kafka = LocalKafka(self.folder / "kafka", brokers=self.brokers, heap="384m", fronts=ports)
                for door, broker in zip(self.doors, self.kafka.brokers, strict=True):
                    door.target = broker.port
                ending.callback(self.kafka.stop)
                self.kafka.start(within=300)
                self.kafka_address = self.kafka.address
            self.ending = ending.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self.ending.close()

    @property
    def all_doors(self) -> list[Proxy]:
        return [self.database_door, *self.doors]

    def behind_the_door(self, database: str) -> str:
        """Return the address of a database for those whom the network may trouble."""
        through = make_url(database).set(port=self.database_door.port)
        return through.render_as_string(hide_password=False)

    def start_database(self) -> None:
        """Start the database after it was stopped or killed."""
        self.postgres.start()
        self.database_door.target = self.postgres.port

    def heal(self) -> None:
        """Repair what the last fault left: everything runs, and the network passes everything on."""
        for door in self.all_doors:
            door.heal()
        if not self._database_answers():
            self.start_database()
        if self.kafka is not None:
            for broker in self.kafka.brokers:
                self.kafka.revive(broker.number, within=300)

    def _database_answers(self) -> bool:
        with suppress(psycopg.OperationalError), psycopg.connect(self.postgres.url, connect_timeout=10):
            return True
        return False

    @contextmanager
    def database(self, name: str, *, on_a_small_disk: bool = False) -> Iterator[tuple[str, Path | None]]:
        """Make a new database, and return the folder of the small disk that its rows lie on, where it does."""
        if not on_a_small_disk:
            yield self.postgres.create_database(name), None
            return
        with self._small_disk() as disk:
            with psycopg.connect(self.postgres.url, autocommit=True) as admin:
                admin.execute(f"CREATE TABLESPACE \"{name}\" LOCATION '{disk / 'rows'}'")
                admin.execute(f'CREATE DATABASE "{name}" TABLESPACE "{name}"')
            try:
                yield database_url(self.postgres.url, name), disk
            finally:
                with psycopg.connect(self.postgres.url, autocommit=True) as admin:
                    admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
                    admin.execute(f'DROP TABLESPACE "{name}"')

    @contextmanager
    def _small_disk(self) -> Iterator[Path]:
        disk = Path(tempfile.mkdtemp(prefix="small-disk-", dir=self.folder))
        subprocess.run(["mount", "-t", "tmpfs", "-o", _SMALL_DISK, "none", str(disk)], check=True, capture_output=True)
        try:
            (disk / "rows").mkdir()
            if (user := unprivileged_user()) is not None:
                hand_over(disk / "rows", user=user)
            yield disk
        finally:
            subprocess.run(["umount", "--lazy", str(disk)], check=True, capture_output=True)


def no_small_disk() -> str | None:
    """Return the reason why there can be no small disk here."""
    if os.geteuid() != 0:
        return "a small disk must be mounted, which only root may"
    with tempfile.TemporaryDirectory() as folder:
        tried = subprocess.run(["mount", "-t", "tmpfs", "none", folder], capture_output=True, text=True, check=False)
        if tried.returncode != 0:
            return f"a small disk cannot be mounted here: {tried.stderr.strip()}"
        subprocess.run(["umount", folder], check=True, capture_output=True)
    return None

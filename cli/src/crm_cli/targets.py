"""The databases on which a command works: of the running services, or of their files at rest."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Engine, func, select
from sqlalchemy.exc import SQLAlchemyError

from crm_cli.data_folder import DataFolder, NotRunning
from crm_cli.errors import CliError, ExitCode
from crm_eventlog.store import open_engine
from crm_eventlog.store.engine import reading
from crm_eventlog.tables import counters


class NothingThere(CliError):
    """A folder from which nothing runs, and which holds no files of services."""

    code = ExitCode.NOTHING_RUNS


class DatabaseUnreadable(CliError):
    """A file that is not a database, or a damaged database."""


@dataclass(frozen=True)
class Subject:
    """The databases of the running services, with their addresses, or of their files at rest."""

    data_folder: DataFolder
    databases: Mapping[str, str]
    addresses: Mapping[str, str] = field(default_factory=dict)

    @property
    def at_work(self) -> bool:
        """Tell whether services run on these databases."""
        return bool(self.addresses)


def subject_at(data_folder: DataFolder) -> Subject:
    """Return what runs from the folder, or else the files that lie there, or raise `NothingThere`."""
    try:
        running = data_folder.running_here()
        return Subject(data_folder, running.databases, running.addresses)
    except NotRunning as nothing:
        for each in (data_folder, data_folder.of_demo):
            if databases := each.embedded_databases():
                return Subject(each, databases)
        if (data_folder.folder / "postgres").exists():
            raise NothingThere(
                f"the stores in {data_folder} are on PostgreSQL, which does not run: start `crm up --real`"
            ) from nothing
        raise NothingThere(f"{nothing}; no files of services lie there either") from nothing


def log_url_at(data_folder: DataFolder) -> str:
    """Return the log of what runs from the folder, or else the file of the embedded default there."""
    try:
        return data_folder.running_here().log_url
    except NotRunning:
        return subject_at(data_folder).data_folder.log_url


@contextmanager
def database(service: str, url: str) -> Iterator[Engine]:
    """Open a service's database, or raise `DatabaseUnreadable`."""
    engine = open_engine(url, pool_size=2)
    try:
        yield engine
    except SQLAlchemyError as damage:
        reason = str(getattr(damage, "orig", damage)).splitlines()[0]
        raise DatabaseUnreadable(f"the database of {service} cannot be read: {reason}") from damage
    finally:
        engine.dispose()


def partitions_of(engine: Engine) -> int:
    """Return the number of partitions of the store in a database; 0 before its first fact."""
    with reading(engine) as db:
        return db.scalar(select(func.count()).select_from(counters)) or 0

"""The stores of all services, and the way each service publishes its facts."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager

from sqlalchemy.exc import SQLAlchemyError

from crm_cli.data_folder import DataFolder
from crm_cli.errors import CliError
from crm_cli.services import SERVICES
from crm_cli.targets import subject_at
from crm_eventlog.audit import EventPublisher, Unpublishable
from crm_eventlog.facts import FactMapper
from crm_eventlog.store import EventStore, open_engine, open_store


class StoreUnreadable(CliError):
    """A file that is not a store, or a damaged store."""


class StoreAltered(CliError):
    """A store with a fact that its service cannot have recorded."""


@contextmanager
def stores_at(data_folder: DataFolder) -> Iterator[Mapping[str, EventStore]]:
    """Open service -> store, of what runs from the folder, or else of the files that lie there."""
    with ExitStack() as closing:
        yield {name: _opened(name, url, closing) for name, url in subject_at(data_folder).databases.items()}


def _opened(name: str, url: str, closing: ExitStack) -> EventStore:
    engine = open_engine(url, pool_size=2)
    closing.callback(engine.dispose)
    # The store itself tells a reader how many partitions there are.
    return open_store(engine, source=name, partitions=1)


@contextmanager
def report_damage() -> Iterator[None]:
    """Turn the errors of a damaged or altered store into `StoreUnreadable` and `StoreAltered`."""
    try:
        yield
    except Unpublishable as altered:
        raise StoreAltered(f"{altered}. `crm audit verify` says whether it was altered") from altered
    except SQLAlchemyError as damage:
        reason = str(getattr(damage, "orig", damage)).splitlines()[0]
        raise StoreUnreadable(f"a store cannot be read: {reason}") from damage


def translator_of(name: str) -> EventPublisher:
    """Return the translation of a service's facts into public events."""
    service = SERVICES[name]
    return EventPublisher(name, FactMapper(service.aggregates), service.publish)

"""The stores of a house, and how each service says its facts."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager

from sqlalchemy.exc import SQLAlchemyError

from crm_cli.leaving import CannotBeDone
from crm_cli.places import NotRunning, Place
from crm_cli.services import SERVICES
from crm_cli.verification import StoreUnreadable, subject_at
from crm_eventlog.audit import Translator, Untranslatable
from crm_eventlog.facts import FactMapper
from crm_eventlog.store import EventStore, open_engine, open_store


class StoreAltered(CannotBeDone):
    """A store holds what its service cannot have said."""


@contextmanager
def stores_at(place: Place) -> Iterator[Mapping[str, EventStore]]:
    """Service -> its store, of what runs from the folder, or else of the files that lie there."""
    with ExitStack() as closing:
        yield {name: _opened(name, url, closing) for name, url in subject_at(place).databases.items()}


def _opened(name: str, url: str, closing: ExitStack) -> EventStore:
    engine = open_engine(url, pool_size=2)
    closing.callback(engine.dispose)
    # Reading does not ask how many partitions there are: the store tells.
    return open_store(engine, source=name, partitions=1)


@contextmanager
def damage_told() -> Iterator[None]:
    """A store that cannot be read, or says what no service says, ends the command with the reason."""
    try:
        yield
    except Untranslatable as altered:
        raise StoreAltered(f"{altered}. `crm audit verify` says whether it was altered") from altered
    except SQLAlchemyError as damage:
        reason = str(getattr(damage, "orig", damage)).splitlines()[0]
        raise StoreUnreadable(f"a store cannot be read: {reason}") from damage


def translator_of(name: str) -> Translator:
    """How this service says its facts."""
    service = SERVICES[name]
    return Translator(name, FactMapper(service.application.aggregates), service.publish)


def log_url_at(place: Place) -> str:
    """The log of what runs from the folder, or else the file of the embedded default there."""
    try:
        return place.running_here().log_url
    except NotRunning:
        return subject_at(place).place.log_url

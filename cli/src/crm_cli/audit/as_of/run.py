"""The state of any aggregate of any service at any time."""

from datetime import datetime
from uuid import UUID

from crm_cli.data_folder import DataFolder
from crm_cli.errors import CliError, ExitCode
from crm_cli.services import SERVICES
from crm_cli.stores import StoreAltered, report_damage, stores_at
from crm_eventlog.aggregate import Aggregate
from crm_eventlog.audit import NoStateThen, StateAsOf, as_of
from crm_eventlog.facts import FactMapper, FactUnknown

# The five services call no two kinds of aggregate by one name.
KINDS: dict[str, tuple[str, type[Aggregate]]] = {
    kind.__name__.lower(): (name, kind) for name, service in SERVICES.items() for kind in service.aggregates
}


class KindUnknown(CliError):
    """A kind of aggregate that no service has."""

    code = ExitCode.UNCLEAR


class NotThere(CliError):
    """An aggregate that does not exist, or had no state of its own then."""


def kind_named(word: str) -> tuple[str, type[Aggregate]]:
    """Return the service and the class of a name, in any notation, or raise `KindUnknown` with all names."""
    try:
        return KINDS[word.lower().replace("-", "").replace("_", "")]
    except KeyError:
        known = ", ".join(kind.__name__ for _, kind in KINDS.values())
        raise KindUnknown(f"there is no aggregate {word}; there are {known}") from None


def state_as_of(
    data_folder: DataFolder,
    service: str,
    kind: type[Aggregate],
    id: UUID,
    *,
    happened_by: datetime | None,
    known_by: datetime | None,
) -> StateAsOf:
    """Return the state of the aggregate then, or raise `NotThere`."""
    mapper = FactMapper(SERVICES[service].aggregates)
    with stores_at(data_folder) as stores, report_damage():
        try:
            found = as_of(stores[service], mapper, id, happened_by=happened_by, known_by=known_by)
        except NoStateThen as trouble:
            raise NotThere(f"{kind.__name__} {id} had no state of its own then: {trouble}") from trouble
        except FactUnknown as trouble:
            raise StoreAltered(f"{trouble} is no fact of {service}") from trouble
    first = found.facts[0].topic if found.facts else kind.__name__
    if (not found.facts and not found.later) or first.partition(".")[0] != kind.__name__:
        raise NotThere(f"{service} has no {kind.__name__} {id}")
    return found

"""Any aggregate of any service, as it stood at a moment."""

from datetime import datetime
from uuid import UUID

from crm_cli.auditing.stores import StoreAltered, damage_told, stores_at
from crm_cli.leaving import CannotBeDone, Code
from crm_cli.places import Place
from crm_cli.services import SERVICES
from crm_eventlog.aggregate import Aggregate
from crm_eventlog.audit import NoStateThen, Stood, as_of
from crm_eventlog.facts import FactMapper, FactUnknown

# The five services call no two kinds of aggregate by one name.
KINDS: dict[str, tuple[str, type[Aggregate]]] = {
    kind.__name__.lower(): (name, kind) for name, service in SERVICES.items() for kind in service.application.aggregates
}


class KindUnknown(CannotBeDone):
    """No service has such an aggregate."""

    code = Code.UNCLEAR


class NotThere(CannotBeDone):
    """There is no such aggregate, or it had no state of its own then."""


def kind_named(word: str) -> tuple[str, type[Aggregate]]:
    """The service and the class of this name, however it is written; `KindUnknown` lists all."""
    try:
        return KINDS[word.lower().replace("-", "").replace("_", "")]
    except KeyError:
        known = ", ".join(kind.__name__ for _, kind in KINDS.values())
        raise KindUnknown(f"there is no aggregate {word}; there are {known}") from None


def stood(
    place: Place,
    service: str,
    kind: type[Aggregate],
    id: UUID,
    *,
    happened_by: datetime | None,
    known_by: datetime | None,
) -> Stood:
    """The aggregate then; `NotThere` where there never was one, or where no state can be made."""
    mapper = FactMapper(SERVICES[service].application.aggregates)
    with stores_at(place) as stores, damage_told():
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

"""A fact in every state worth keeping: each optional field with and without a value, each value of every enum."""

import dataclasses
import inspect
import typing
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, cast
from uuid import UUID, uuid5

from eventsourcing.domain import DomainEventProtocol

from crm_eventlog.aggregate import UNTIMED
from crm_eventlog.facts import fields_of

STREAM = UUID("00000000-0000-4000-8000-000000000001")
VALUES: Mapping[type[Any], Any] = {
    bool: True,
    int: 3,
    Decimal: Decimal("12.50"),
    datetime: datetime(2026, 11, 21, 9, 30, tzinfo=UTC),
    date: date(2026, 11, 21),
    timedelta: timedelta(days=2, hours=3),
}


def facts_of(name: str, kind: type[Any]) -> Iterator[DomainEventProtocol[UUID]]:
    """Yield the facts of a class; none for the library's own `Created`, which is never recorded."""
    fields = fields_of(kind)
    if name.endswith(".Created") and not fields:
        return
    for variant in range(max([1, *map(_variants, fields.values())])):
        fact = object.__new__(kind)
        content = {field: _value(of, field, variant) for field, of in fields.items()}
        vars(fact).update(originator_id=STREAM, originator_version=1, timestamp=UNTIMED, **content)
        yield cast("DomainEventProtocol[UUID]", fact)


def _variants(kind: Any) -> int:
    """Count the values of a type that are worth keeping."""
    if inspect.isclass(kind) and issubclass(kind, Enum):
        return len(kind)
    if dataclasses.is_dataclass(kind):
        return max(_variants(each) for each in typing.get_type_hints(kind).values())
    parts = [each for each in typing.get_args(kind) if each not in (Ellipsis, type(None))]
    return max([1, *map(_variants, parts)]) + (type(None) in typing.get_args(kind))


def _value(kind: Any, field: str, variant: int) -> Any:
    """Return a value of this type; the variants of an optional one end with None, those of an enum go round."""
    parts = typing.get_args(kind)
    if type(None) in parts:
        if variant and variant % _variants(kind) == _variants(kind) - 1:
            return None
        return _value(next(each for each in parts if each is not type(None)), field, variant)
    if parts:
        return _collection(typing.get_origin(kind), parts, field, variant)
    if issubclass(kind, Enum):
        return list(kind)[variant % len(kind)]
    if dataclasses.is_dataclass(kind):
        return kind(**{name: _value(each, name, variant) for name, each in typing.get_type_hints(kind).items()})
    return uuid5(STREAM, field) if kind is UUID else VALUES.get(kind, field)


def _collection(kind: Any, parts: tuple[Any, ...], field: str, variant: int) -> Any:
    """Return a collection of one value of each type; a dict has one key."""
    if kind is dict:
        return {_value(parts[0], field, variant): _value(parts[1], field, variant)}
    return kind([_value(parts[0], field, variant)])

"""The versions of an event: the newest is what readers get, an older record is upcast to it before it is read."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from crm_events.event import PublicEvent


class NewerVersion(ValueError):
    """A record says a version of an event that was published after this reader: it waits for a newer reader."""


class UpcasterMissing(ValueError):
    """A record says an older version of an event, and the event's class does not tell how to bring it up to date."""


class Versions:
    """Reads each event as its newest version.

    The class of version N+1 mends what version N said, on the raw dict: `upcast_v1_v2(raw)`, a static method.
    """

    def __init__(self, events: Iterable[type[PublicEvent]]) -> None:
        self._newest: dict[str, type[PublicEvent]] = {}
        for event in events:
            name, version = _split(event.TYPE)
            if name not in self._newest or version > self._newest[name].VERSION:
                self._newest[name] = event
        self._as_said = {event.TYPE: event for event in self._newest.values()}

    def newest(self, type: str) -> type[PublicEvent] | None:
        """Return the class that records of this type are read as, whatever the version; None for an unknown event."""
        return self._newest.get(_split(type)[0])

    def parse(self, type: str, payload: bytes | str) -> PublicEvent | None:
        """Return the event in this JSON as its newest version; None where nobody here knows an event of this name."""
        if (event := self._as_said.get(type)) is not None:
            return event.read(payload)
        name, version = _split(type)
        if (event := self._newest.get(name)) is None:
            return None
        if version > event.VERSION:
            raise NewerVersion(f"{type} is newer than version {event.VERSION}, which this reader knows")
        return event.read(_upcast(event, payload, version))


def _split(type: str) -> tuple[str, int]:
    """`crm.support.CaseResolved.v2` is version 2 of `crm.support.CaseResolved`; anything else has no version."""
    name, _, version = type.rpartition(".v")
    return (name, int(version)) if version.isdecimal() else (type, 0)


def _upcast(event: type[PublicEvent], payload: bytes | str, version: int) -> str:
    if missing := list(_missing(event, version)):
        raise UpcasterMissing(f"{event.TYPE} has no {', '.join(missing)}")
    raw: dict[str, Any] = json.loads(payload)
    for step in _steps(event, version):
        getattr(event, step)(raw)
    return json.dumps(raw, ensure_ascii=False)


def _missing(event: type[PublicEvent], version: int) -> Iterator[str]:
    return (step for step in _steps(event, version) if not hasattr(event, step))


def _steps(event: type[PublicEvent], version: int) -> Iterator[str]:
    return (f"upcast_v{each}_v{each + 1}" for each in range(max(version, 1), event.VERSION))

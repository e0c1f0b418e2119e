"""The tables of `docs/event-catalog.md`: every event, what it means, who publishes it and who consumes it."""

from collections.abc import Iterable, Mapping, Set

from crm_events.catalog import EVENTS_BY_PUBLISHER, topic_of
from crm_events.event import PublicEvent
from crm_events.values import field_classes

PREFACE = """# What the services say to each other

Written by `make contracts`; change the events, not this file.
Personal fields are marked with their class in the JSON Schemas (`x-personal`).
"""
COLUMNS = ("event", "meaning", "publisher", "type", "topic", "personal fields", "who consumes it")
NOBODY = "-"

Consumers = Mapping[str, Set[str]]
"""The readers of each event type, as in {"crm.support.ComplaintFiled.v1": {"marketing: open_complaints"}}."""


def event_catalog_markdown(consumers: Consumers) -> str:
    """Return the whole document, one table per publisher; a type missing from `consumers` is consumed by nobody."""
    sections = [PREFACE]
    for publisher, events in EVENTS_BY_PUBLISHER.items():
        rows = [COLUMNS, tuple("---" for _ in COLUMNS), *(_row(event, consumers) for event in events)]
        sections.append(f"## {publisher}\n\n" + "".join(f"| {' | '.join(row)} |\n" for row in rows))
    return "\n".join(sections)


def _row(event: type[PublicEvent], consumers: Consumers) -> tuple[str, ...]:
    return (
        f"`{event.__name__}`",
        event.meaning().replace("|", "\\|"),
        event.PUBLISHER,
        f"`{event.TYPE}`",
        f"`{topic_of(event.TYPE)}`",
        _listed(f"`{field}` ({of})" for field, of in field_classes(event).items()),
        _listed(consumers.get(event.TYPE, frozenset())),
    )


def _listed(words: Iterable[str]) -> str:
    return ", ".join(sorted(words)) or NOBODY

"""The register of who consumes which event and which of its fields, read off the services' own code while it runs.

Every reader hears the whole corpus and its variants, and whatever it looks at is written down. `docs/consumers.json`
is the register as of the last `make docs`; so it still knows who read a field that was taken away since.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import crm_history
from crm_chassis.service import Service
from crm_chassis.slice import Slice
from crm_chassis.testing import received
from crm_eventlog.envelope import CloudEvent, from_record
from crm_eventlog.store.engine import reading
from crm_events import EVENTS, parse
from crm_history import Narrator, front_desk
from tests.contracts.listening import CUSTOMER, NOW, Listener, hear_all, listening, records_of, services
from tests.contracts.promises import Sample, ages, story
from tests.contracts.tracing import Looks, watching
from tests.contracts.variants import variants

Register = Mapping[str, Mapping[str, list[str]]]
"""Event -> reader -> fields, as in {"crm.sales.OrderPlaced.v1": {"loyalty: earn_from_an_order": ["total.amount"]}}."""

LAST = Path(__file__).parents[2] / "docs" / "consumers.json"
HISTORY = "every service: history"


def register() -> Register:
    """Return the register as of today's code."""
    with watching() as looks, TemporaryDirectory() as directory:
        for service in services().values():
            with listening(watched(service, looks), Path(directory)) as listener:
                _hear_everything(listener)
                looks.by(HISTORY, _tell)(listener)
    found: dict[str, dict[str, list[str]]] = {type: {} for type in sorted(EVENTS)}
    for (reader, type), fields in sorted(looks.fields.items()):
        found[type][reader] = sorted(fields)
    return found


def watched(service: Service, looks: Looks) -> Service:
    """Return the same service, whose readers are seen."""

    def named(reader: str) -> str:
        return HISTORY if reader == crm_history.READ_MODEL.name else f"{service.name}: {reader}"

    def of(reactions: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(replace(each, then=looks.by(named(each.name), each.then)) for each in reactions)

    def seen(each: Slice) -> Slice:
        models = [replace(model, project=looks.by(named(model.name), model.project)) for model in each.read_models]
        effects = each.effects
        return replace(
            each,
            read_models=tuple(models),
            policies=of(each.policies),
            deadlines=of(each.deadlines),
            effects=effects and (lambda *given: of(effects(*given))),
        )

    return replace(service, slices=tuple(map(seen, service.slices)))


def heard_by(readers: Register, reader: str) -> set[str]:
    """Return the events that this reader looks at."""
    return {type for type, named in readers.items() if reader in named}


def concerned(type: str, field: str = "") -> list[str]:
    """List who consumes the event, or looks at this field of it, by the last register; the history keeps everything."""
    return sorted(
        reader
        for reader, fields in last().get(type, {}).items()
        if not field or reader == HISTORY or any(_touches(field, each) for each in fields)
    )


@cache
def last() -> Register:
    """Return the register as it was written last."""
    content: Register = json.loads(LAST.read_text("utf-8")) if LAST.exists() else {}
    return content


def _touches(field: str, looked_at: str) -> bool:
    """Tell if one of them is the other, or a part of it."""
    one, other = (f"{path.replace('[]', '')}." for path in (field, looked_at))
    return one.startswith(other) or other.startswith(one)


def _hear_everything(listener: Listener) -> None:
    """Let each reader by itself process the log in its newest age, topic after topic, then every variant."""
    samples = story(ages()[-1])
    hear_all(listener, records_of(samples))
    assert listener.set_aside() == [], listener.set_aside()
    for event in (told for sample in samples for told in _told_differently(sample)):
        _show(listener, event)


def _told_differently(sample: Sample) -> Iterator[CloudEvent]:
    event = from_record(sample.raw_headers, sample.value.encode(), parse)
    assert event is not None
    for number, content in enumerate(variants(sample)):
        data = parse(type(event.data).TYPE, json.dumps(content))
        yield replace(event, data=data, id=received(data, sequence=number).id, sequence=event.sequence + 100)


def _show(listener: Listener, event: CloudEvent) -> None:
    """Show a variant to the readers and keep nothing of it: it is not a part of the story."""
    service, runtime = listener.runtime.service, listener.runtime
    for model in service.read_models:
        if f"crm.{event.source}.v1" in model.topics:
            with runtime.engine.connect() as db:
                model.project([event], db)
                db.rollback()
    for each in (*service.policies, *service.deadlines):
        if each.whenever is type(event.data):
            each.then(event.data, event.time)


def _tell(listener: Listener) -> None:
    """Read what people get of a history: its sentences, and what the front desk sees."""
    with reading(listener.runtime.engine) as db:
        rows = db.execute(crm_history.tables.customer_history.select()).all()
        concerns = front_desk(db, CUSTOMER, now=NOW)
        for language in ("en", "zh"):
            narrator = Narrator.reading(db, language)
            _ = [narrator.sentence(row) for row in rows], [narrator.concern(each) for each in concerns]

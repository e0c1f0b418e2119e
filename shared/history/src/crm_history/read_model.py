"""The read model every service keeps: whatever is said about a customer, wherever, becomes a row here."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from crm_eventlog.columns import instant_text
from crm_eventlog.envelope import CloudEvent
from crm_eventlog.projection import ReadModel, insert_or_ignore, insert_or_replace
from crm_events import TOPICS, contacts, marketing
from crm_history.copying import copy_rows
from crm_history.kinds import KIND_OF, SAYS_CHANNEL, SAYS_UNIT
from crm_history.tables import customer_history, history_names

COLUMNS = tuple(customer_history.c.keys())
Row = tuple[Any, ...]


def project(events: Sequence[CloudEvent], db: Connection) -> None:
    """Keep every event about a customer once, and what units and campaigns are called."""
    _keep_rows(db, list(_rows(events)))
    _keep_names(db, events)


def _keep_rows(db: Connection, rows: Sequence[Row]) -> None:
    """Keep the rows; one that is here already stays as it is. The engine brings each once, so COPY goes first."""
    if not (db.dialect.name == "postgresql" and _copied(db, rows)):
        insert_or_ignore(db, customer_history, [dict(zip(COLUMNS, row, strict=True)) for row in rows])


def _copied(db: Connection, rows: Sequence[Row]) -> bool:
    try:
        copy_rows(db, customer_history, rows)
    except IntegrityError:
        return False
    return True


def _rows(events: Iterable[CloudEvent]) -> Iterator[Row]:
    for event in events:
        data = event.data
        kind = KIND_OF.get(type(data))
        if kind is None:
            continue
        yield (
            event.id,
            data.customer_id,
            event.time,
            event.recorded_at,
            event.source,
            event.subject,
            event.sequence,
            event.type,
            kind if isinstance(kind, str) else kind(data),
            data.channel.value if type(data) in SAYS_CHANNEL else event.channel,
            data.unit if type(data) in SAYS_UNIT else event.unit,
            event.actor,
            event.role,
            event.correlation_id,
            event.causation_id,
            event.raw.decode() if event.raw else data.model_dump_json(),
        )


def _keep_names(db: Connection, events: Iterable[CloudEvent]) -> None:
    newest: dict[tuple[str, str], dict[str, str]] = {}
    for event in events:
        named = _named(event)
        if named is None:
            continue
        key = (named["noun"], named["code"])
        if key not in newest or newest[key]["order_key"] < named["order_key"]:
            newest[key] = named
    rows = [newest[key] for key in sorted(newest)]
    kept = history_names.c.order_key
    for row in rows:
        insert_or_replace(db, history_names, [row], where=kept < row["order_key"])


def _named(event: CloudEvent) -> dict[str, str] | None:
    match event.data:
        case contacts.UnitOpened(code=code, name=name):
            noun, en, zh = "unit", name.en, name.zh
        case marketing.CampaignPlanned(code=code, name=name):
            noun, en, zh = "campaign", name, name
        case _:
            return None
    at, source, stream, version = event.order_key
    order_key = f"{instant_text(at)}|{source}|{stream}|{version:012d}"
    return {"noun": noun, "code": code, "en": en, "zh": zh, "order_key": order_key}


READ_MODEL = ReadModel(
    name="customer_history",
    version=1,
    tables=(customer_history, history_names),
    topics=frozenset(TOPICS),
    project=project,
)

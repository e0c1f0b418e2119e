"""The organisation tree: every unit under its parent, from the headquarters down to the stores."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, Connection, MetaData, Row, Select, String, Table, Text, Uuid, literal, select
from sqlalchemy.dialects import postgresql

from crm_eventlog.columns import Instant
from crm_eventlog.envelope import CloudEvent
from crm_eventlog.projection import Keyset, ReadModel, insert_or_replace
from crm_events.contacts import UnitOpened

# Compared letter by letter in both databases: SQLite does so by itself, PostgreSQL in the collation C.
Letters = Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")

units = Table(
    "units",
    MetaData(),
    Column("key", Letters, primary_key=True, comment="the code in small letters, by which it is looked up"),
    Column("parent_key", Letters, index=True),
    Column("code", Text, nullable=False),
    Column("unit_id", Uuid, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("name_zh", Text, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("store_kind", String(20)),
    Column("ownership", String(20), nullable=False),
    Column("parent_code", Text),
    Column("city", Text, nullable=False, index=True),
    Column("opened_at", Instant, nullable=False),
)
BY_CODE = Keyset(units.c.key)


def project(events: Sequence[CloudEvent], db: Connection) -> None:
    """Show a unit from the day it opened. Its parent may become known later."""
    rows = [_row(event.data, event) for event in events if isinstance(event.data, UnitOpened)]
    insert_or_replace(db, units, rows)


def of_code(db: Connection, code: str) -> Row[Any] | None:
    """Return the unit with this code, in capital or small letters."""
    return db.execute(select(units).where(units.c.key == code.lower())).one_or_none()


def above(db: Connection, code: str) -> list[str]:
    """Return the codes from the headquarters down to the parent of this unit."""
    start = select(units.c.parent_key, units.c.code, literal(0).label("steps")).where(units.c.key == code.lower())
    up = start.cte(recursive=True)
    up = up.union_all(select(units.c.parent_key, units.c.code, up.c.steps + 1).where(units.c.key == up.c.parent_key))
    return list(db.scalars(select(up.c.code).where(up.c.steps > 0).order_by(up.c.steps.desc())))


def found(
    db: Connection,
    *,
    parent: str | None = None,
    under: str | None = None,
    kind: str | None = None,
    city: str | None = None,
    after: tuple[str] | None = None,
    limit: int,
) -> Sequence[Row[Any]]:
    """Return the units directly below `parent`, anywhere below `under`, of this kind, in this city; by key."""
    asked = {"parent_key": parent and parent.lower(), "kind": kind, "city": city}
    query = select(units).where(*(units.c[name] == value for name, value in asked.items() if value is not None))
    if under is not None:
        query = query.where(units.c.key.in_(_below(under.lower())))
    return db.execute(BY_CODE.page(query, after=after, limit=limit)).all()


def _below(key: str) -> Select[Any]:
    down = select(units.c.key).where(units.c.parent_key == key).cte(recursive=True)
    return select(down.union_all(select(units.c.key).where(units.c.parent_key == down.c.key)).c.key)


def _row(opened: UnitOpened, event: CloudEvent) -> dict[str, Any]:
    return {
        **opened.model_dump(exclude={"name"}),
        "key": opened.code.lower(),
        "parent_key": opened.parent_code and opened.parent_code.lower(),
        "name_en": opened.name.en,
        "name_zh": opened.name.zh,
        "opened_at": event.time,
    }


READ_MODEL = ReadModel(name="units", version=1, tables=(units,), topics=frozenset({"crm.contacts.v1"}), project=project)

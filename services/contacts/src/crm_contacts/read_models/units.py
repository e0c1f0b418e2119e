"""The organisation tree: every unit under its parent, from the headquarters down to the stores."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, Connection, MetaData, Row, Select, String, Table, Text, Uuid, literal, select

from crm_contacts.read_models import Letters
from crm_eventlog.columns import Instant
from crm_eventlog.envelope import CloudEvent
from crm_eventlog.projection import ReadModel, insert_or_replace
from crm_events.contacts import UnitOpened

units = Table(
    "units",
    MetaData(),
    Column("code", Letters, primary_key=True),
    Column("unit_id", Uuid, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("name_zh", Text, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("store_kind", String(20)),
    Column("ownership", String(20), nullable=False),
    Column("parent_code", Letters, index=True),
    Column("city", Text, nullable=False, index=True),
    Column("opened_at", Instant, nullable=False),
)


def project(events: Sequence[CloudEvent], db: Connection) -> None:
    """Show a unit from the day it opened; its parent may be heard of later."""
    rows = [_row(event.data, event) for event in events if isinstance(event.data, UnitOpened)]
    insert_or_replace(db, units, rows)


def of_code(db: Connection, code: str) -> Row[Any] | None:
    """The unit with this code."""
    return db.execute(select(units).where(units.c.code == code)).one_or_none()


def above(db: Connection, code: str) -> list[str]:
    """The codes from the headquarters down to the parent of this unit."""
    up = (
        select(units.c.code, units.c.parent_code, literal(0).label("steps"))
        .where(units.c.code == code)
        .cte(recursive=True)
    )
    up = up.union_all(select(units.c.code, units.c.parent_code, up.c.steps + 1).where(units.c.code == up.c.parent_code))
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
    """The units directly below `parent`, anywhere below `under`, of this kind, in this city; by code."""
    asked = {"parent_code": parent, "kind": kind, "city": city}
    query = select(units).where(*(units.c[name] == value for name, value in asked.items() if value is not None))
    if under is not None:
        query = query.where(units.c.code.in_(_below(under)))
    if after is not None:
        query = query.where(units.c.code > after[0])
    return db.execute(query.order_by(units.c.code).limit(limit)).all()


def _below(code: str) -> Select[Any]:
    down = select(units.c.code).where(units.c.parent_code == code).cte(recursive=True)
    return select(down.union_all(select(units.c.code).where(units.c.parent_code == down.c.code)).c.code)


def _row(opened: UnitOpened, event: CloudEvent) -> dict[str, Any]:
    return {
        **opened.model_dump(exclude={"name"}),
        "name_en": opened.name.en,
        "name_zh": opened.name.zh,
        "opened_at": event.time,
    }


READ_MODEL = ReadModel(name="units", version=1, tables=(units,), topics=frozenset({"crm.contacts.v1"}), project=project)

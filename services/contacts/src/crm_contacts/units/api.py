"""Units over HTTP."""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field
from sqlalchemy import Row

from crm_chassis.web import Page, Paged, ReadConnection
from crm_contacts.units.read_models import units
from crm_contacts.vocabulary import Ownership, StoreKind, UnitKind
from crm_eventlog.aggregate import NotFound
from crm_kernel import LocalizedText

router = APIRouter(tags=["contacts"])


class UnitShown(BaseModel):
    """A unit of the organisation under its parent."""

    unit_id: UUID
    code: str
    name: LocalizedText
    kind: UnitKind
    store_kind: StoreKind | None
    ownership: Ownership
    parent_code: str | None
    city: str
    opened_at: datetime

    @classmethod
    def of(cls, row: Row[Any], **more: Any) -> Self:
        """Read a unit from its row."""
        return cls(**row._mapping, name=LocalizedText(en=row.name_en, zh=row.name_zh), **more)


class UnitInTree(UnitShown):
    """A unit, and the way to it from the headquarters."""

    above: list[str] = Field(description="The codes from the headquarters down to the parent.")


@router.get("/units")
def all_units(
    db: ReadConnection,
    paging: Paged,
    parent: Annotated[str | None, Query(max_length=50, description="Directly below this unit.")] = None,
    under: Annotated[str | None, Query(max_length=50, description="Anywhere below this unit.")] = None,
    kind: UnitKind | None = None,
    city: Annotated[str | None, Query(max_length=200)] = None,
) -> Page[UnitShown]:
    """List the units of the organisation by code."""
    after = paging.after(*units.BY_CODE.types)
    rows = units.found(db, parent=parent, under=under, kind=kind, city=city, after=after, limit=paging.fetch)
    return paging.page(rows, item=UnitShown.of, key=units.BY_CODE.of)


@router.get("/units/{code}")
def one_unit(code: Annotated[str, Path(max_length=50)], db: ReadConnection) -> UnitInTree:
    """Read one unit, and the way to it from the headquarters."""
    row = units.of_code(db, code)
    if row is None:
        raise NotFound("code", code)
    return UnitInTree.of(row, above=units.above(db, row.code))

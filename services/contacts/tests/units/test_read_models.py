"""The read model of units, on both databases alike."""

from itertools import permutations
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, delete

from crm_chassis.testing import received
from crm_contacts.units.read_models import units
from crm_eventlog.envelope import CloudEvent
from crm_events.contacts import Ownership, StoreKind, UnitKind, UnitOpened
from crm_kernel import LocalizedText


def opened(code: str, kind: UnitKind, parent_code: str | None, *, city: str = "广州") -> CloudEvent:
    event = UnitOpened(
        unit_id=UUID(int=len(code)),
        code=code,
        name=LocalizedText(en=code.title(), zh=code),
        kind=kind,
        store_kind=StoreKind.STREET if kind is UnitKind.STORE else None,
        ownership=Ownership.OWN,
        parent_code=parent_code,
        city=city,
    )
    return received(event)


TREE = (
    opened("HQ", UnitKind.HEADQUARTERS, None),
    opened("south", UnitKind.BRANCH, "HQ"),
    opened("gz", UnitKind.OFFICE, "south"),
    opened("tianhe", UnitKind.STORE, "gz"),
    opened("sz", UnitKind.STORE, "south", city="深圳"),
    opened("web", UnitKind.STORE, "HQ"),
)


@pytest.fixture
def db(tables: Connection) -> Connection:
    """The whole tree is open."""
    units.project(TREE, tables)
    return tables


def codes(db: Connection, **asked: Any) -> list[str]:
    return [row.code for row in units.found(db, limit=50, **asked)]


def test_units_are_found_below_their_parent_and_anywhere_under_a_unit(db: Connection) -> None:
    assert codes(db) == ["gz", "HQ", "south", "sz", "tianhe", "web"]
    assert codes(db, parent="South") == ["gz", "sz"]
    assert codes(db, under="south") == ["gz", "sz", "tianhe"]
    assert codes(db, under="hq", kind="store") == ["sz", "tianhe", "web"]


def test_stores_are_shown_by_their_city(db: Connection) -> None:
    assert codes(db, kind="store", city="广州") == ["tianhe", "web"]


def test_the_way_from_the_headquarters_to_a_store_has_every_level(db: Connection) -> None:
    assert units.above(db, "tianhe") == ["HQ", "south", "gz"]
    assert units.above(db, "hq") == []


def test_units_are_read_page_by_page(db: Connection) -> None:
    first = units.found(db, under="hq", limit=2)

    rest = units.found(db, under="hq", after=(first[-1].key,), limit=50)

    assert [row.code for row in (*first, *rest)] == ["gz", "south", "sz", "tianhe", "web"]


def test_the_tree_is_the_same_in_whatever_order_its_units_are_heard_of(tables: Connection) -> None:
    trees = set()
    for order in permutations(TREE[:4]):
        tables.execute(delete(units.units))
        for event in order:
            units.project([event], tables)
        trees.add((*codes(tables, under="hq"), *units.above(tables, "tianhe")))

    assert trees == {("gz", "south", "tianhe", "HQ", "south", "gz")}

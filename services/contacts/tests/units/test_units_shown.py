"""Stores by their area, levels and kinds of units, driven and read back over HTTP."""

import pytest

from services.contacts.tests.bodies import ABOVE, UNITS_SHOWN
from services.contacts.tests.world import UNITS, World


def test_every_unit_is_shown_whole_by_its_code(world: World) -> None:
    assert world.pages("/units") == list(UNITS_SHOWN.values())
    assert [world.get(f"/units/{code.upper()}") for code in UNITS] == [
        {**UNITS_SHOWN[code], "above": ABOVE[code]} for code in UNITS
    ]


@pytest.mark.feature("C38")
@pytest.mark.parametrize(
    ("asked_for", "codes"),
    [
        ({"city": "广州"}, ["gz", "mall", "South", "tianhe"]),
        ({"city": "广州", "kind": "store"}, ["mall", "tianhe"]),
        ({"city": "上海", "kind": "store"}, ["bund", "pudong"]),
        ({"under": "south", "kind": "store"}, ["mall", "tianhe"]),
        ({"under": "hq", "kind": "store"}, ["bund", "mall", "pudong", "tianhe", "web"]),
        ({"parent": "hq"}, ["East", "sh", "South", "web"]),
        ({"parent": "HQ", "city": "广州"}, ["South"]),
        ({"under": "SH"}, ["bund"]),
        ({"under": "east"}, ["pudong"]),
        ({"kind": "region"}, ["East"]),
        ({"parent": "gz", "kind": "office"}, []),
    ],
)
def test_stores_are_narrowed_by_city_and_by_the_area_of_a_branch(
    world: World, asked_for: dict[str, str], codes: list[str]
) -> None:
    assert world.pages("/units", **asked_for) == [UNITS_SHOWN[code] for code in codes]


@pytest.mark.parametrize(
    ("code", "above"),
    [
        pytest.param("tianhe", ["HQ", "South", "gz"], marks=pytest.mark.feature("X17")),
        pytest.param("bund", ["HQ", "sh"], marks=pytest.mark.feature("X18")),
        pytest.param("web", ["HQ"], marks=pytest.mark.feature("X19")),
    ],
)
def test_the_way_from_the_headquarters_to_a_store_has_as_many_levels_as_the_company(
    world: World, code: str, above: list[str]
) -> None:
    found = [world.get(f"/units/{each}") for each in (*above, code)]

    assert found[-1]["above"] == above
    assert [each["kind"] for each in found] == [UNITS[each][0] for each in (*above, code)]
    assert [each["parent_code"] for each in found] == [None, *above]


@pytest.mark.feature("X23")
@pytest.mark.parametrize(("code", "kind"), [("tianhe", "street"), ("mall", "counter"), ("bund", "shop_in_shop")])
def test_a_street_store_a_counter_in_a_mall_and_a_shop_in_shop_are_told_apart(
    world: World, code: str, kind: str
) -> None:
    listed = {item["code"]: item["store_kind"] for item in world.get("/units")["items"]}

    assert (world.get(f"/units/{code}")["store_kind"], listed[code]) == (kind, kind)
    assert listed["gz"] is None

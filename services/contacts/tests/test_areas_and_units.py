"""Customers and stores by their area, levels and kinds of units, driven and read back over HTTP."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from crm_chassis.testing import NOON, PARTITIONS, Client, client
from crm_contacts.__main__ import SERVICE
from services.contacts.tests.asking import asked, said, shown
from services.contacts.tests.world import UNITS, furnished, id_of


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """The customers and units of `world.py`, for tests that only read."""
    with client(SERVICE, tmp_path_factory.mktemp("world")) as caller:
        yield furnished(caller)


@pytest.fixture
def a_world(contacts: Client) -> Client:
    """The same, for one test that adds to it."""
    return furnished(contacts)


def every(world: Client, path: str, what: str, **asked_for: Any) -> list[str]:
    """Read every page, two rows at a time."""
    seen: list[str] = []
    while True:
        page = shown(world, path, limit=2, **asked_for)
        seen += [item[what] for item in page["items"]]
        if page["next"] is None:
            return seen
        asked_for["cursor"] = page["next"]


@pytest.mark.feature("C38")
@pytest.mark.parametrize(
    ("asked_for", "names"),
    [
        ({"area": "广州"}, ["陈丽", "陈志"]),
        ({"area": "广东"}, ["陈丽", "陈立", "陈志"]),
        ({"area": "上海"}, ["Ada Wu", "陈志"]),
        ({"area": "广东", "q": "chen li"}, ["陈丽", "陈立"]),
        ({"area": "深圳", "q": "ada"}, []),
        ({}, ["Ada Wu", "陈丽", "陈立", "陈志"]),
    ],
)
def test_customers_are_narrowed_by_city_and_region(world: Client, asked_for: dict[str, str], names: list[str]) -> None:
    assert every(world, "/customers", "name", **asked_for) == names


@pytest.mark.feature("C38")
@pytest.mark.parametrize(
    ("asked_for", "codes"),
    [
        ({"city": "广州"}, ["gz", "mall", "south", "tianhe"]),
        ({"city": "广州", "kind": "store"}, ["mall", "tianhe"]),
        ({"city": "上海", "kind": "store"}, ["bund"]),
        ({"under": "south", "kind": "store"}, ["mall", "tianhe"]),
        ({"under": "hq", "kind": "store"}, ["bund", "mall", "tianhe", "web"]),
        ({"parent": "hq"}, ["sh", "south", "web"]),
        ({"parent": "hq", "city": "广州"}, ["south"]),
    ],
)
def test_stores_are_narrowed_by_city_and_by_the_area_of_a_branch(
    world: Client, asked_for: dict[str, str], codes: list[str]
) -> None:
    assert every(world, "/units", "code", **asked_for) == codes


@pytest.mark.parametrize(
    ("code", "above"),
    [
        pytest.param("tianhe", ["hq", "south", "gz"], marks=pytest.mark.feature("X17")),
        pytest.param("bund", ["hq", "sh"], marks=pytest.mark.feature("X18")),
        pytest.param("web", ["hq"], marks=pytest.mark.feature("X19")),
    ],
)
def test_the_way_from_the_headquarters_to_a_store_has_as_many_levels_as_the_company(
    world: Client, code: str, above: list[str]
) -> None:
    found = [shown(world, f"/units/{each}") for each in (*above, code)]

    assert found[-1]["above"] == above
    assert [each["kind"] for each in found] == [UNITS[each][0] for each in (*above, code)]
    assert [each["parent_code"] for each in found] == [None, *above]


@pytest.mark.feature("X23")
@pytest.mark.parametrize(("code", "kind"), [("tianhe", "street"), ("mall", "counter"), ("bund", "shop_in_shop")])
def test_a_street_store_a_counter_in_a_mall_and_a_shop_in_shop_are_told_apart(
    world: Client, code: str, kind: str
) -> None:
    listed = {item["code"]: item["store_kind"] for item in shown(world, "/units")["items"]}

    assert (shown(world, f"/units/{code}")["store_kind"], listed[code]) == (kind, kind)
    assert listed["gz"] is None


@pytest.mark.parametrize(
    ("q", "kinds"),
    [
        ("陈丽", [("陈丽", "exact")]),
        ("chenli", [("陈丽", "exact"), ("陈立", "exact")]),
        ("陈", [("陈丽", "prefix"), ("陈立", "prefix"), ("陈志", "prefix")]),
        ("wu", [("Ada Wu", "part")]),
        ("丽", [("陈丽", "part")]),
    ],
)
def test_a_hit_says_how_it_matches(world: Client, q: str, kinds: list[tuple[str, str]]) -> None:
    found = shown(world, "/customers", q=q)["items"]

    assert [(item["name"], item["match"]) for item in found] == kinds


def test_the_first_contact_is_the_one_that_happened_first_however_late_it_is_reported(a_world: Client) -> None:
    for subject, channel, days in (("Second", "store", 1), ("Third", "web", 0), ("First", "mail", 2)):
        touch = {"customer_id": id_of(1), "channel": channel, "place": "fair", "direction": "in", "subject": subject}
        at = (NOON - timedelta(days=days)).isoformat()
        asked(a_world, "record-touch", touch, crm_occurred_at=at)

    card = shown(a_world, f"/customers/{id_of(1)}")

    assert [card["first_touch"][key] for key in ("subject", "channel", "place")] == ["First", "mail", "fair"]
    assert [card["last_touch"][key] for key in ("subject", "channel", "place")] == ["Third", "web", "fair"]
    assert card["touches"] == 3
    assert shown(a_world, f"/customers/{id_of(2)}")["touches"] == 0


def test_cards_are_read_by_ids_in_the_order_asked_for_and_nobody_elses(world: Client) -> None:
    asked_for = [id_of(3), id_of(99), id_of(1)]

    cards = shown(world, "/customers/by-ids", id=asked_for)

    assert [(card["customer_id"], card["name"]) for card in cards] == [(id_of(3), "陈志"), (id_of(1), "陈丽")]


def test_a_refusal_names_the_field_and_the_value(world: Client) -> None:
    again = world.command("register-customer", {"customer_id": id_of(1), "name": "陈丽"}).json()
    nobody = world.get(f"/customers/{id_of(99)}").json()
    no_unit = world.get("/units/nowhere").json()

    named = [(each["errors"][0]["field"], each["errors"][0]["value"]) for each in (again, nobody, no_unit)]
    assert named == [("customer_id", id_of(1)), ("customer_id", id_of(99)), ("code", "nowhere")]


def test_one_letter_is_a_name_and_one_row_is_a_batch(contacts: Client) -> None:
    asked(contacts, "register-customer", {"customer_id": id_of(1), "name": "丽"})
    asked(contacts, "register-customers", {"customers": [{"customer_id": id_of(2), "name": "A"}]})

    assert [item["name"] for item in shown(contacts, "/customers")["items"]] == ["A", "丽"]


def test_every_corrected_field_is_told_as_it_was_and_as_it_is(a_world: Client) -> None:
    corrected = {"name": "陈莉", "form_of_address": "女士", "language": "en", "birthday": "1990-05-17"}
    asked(a_world, "correct-details", {"customer_id": id_of(1), "reason": "By phone", **corrected})
    shown(a_world, f"/customers/{id_of(1)}")

    told = [said(a_world, fact) for part in range(PARTITIONS) for fact in a_world.store.read(part, 0, 100)]
    [event] = [each.data for each in told if each and each.type == "crm.contacts.DetailsCorrected.v1"]

    assert event.after == corrected
    assert event.before == {"name": "陈丽", "form_of_address": "", "language": "zh", "birthday": None}

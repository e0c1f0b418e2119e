"""Cards, areas and search hits of customers, driven and read back over HTTP."""

import pytest

from crm_chassis.testing import PARTITIONS, Client
from crm_contacts.customers.read_models import customer_search
from services.contacts.tests.bodies import CARDS
from services.contacts.tests.requests import asked, event_of, shown
from services.contacts.tests.world import ADA, CHEN_LI, LI, OTTO, TRADER, ZHI, World

NOBODY = "00000000-0000-0000-0000-00000000dead"


def test_everybody_is_shown_with_the_whole_card_in_the_order_of_an_index(world: World) -> None:
    assert world.pages("/customers") == [{**card, "match": None} for card in CARDS.values()]


@pytest.mark.feature("C01")
@pytest.mark.parametrize("customer_id", CARDS)
def test_a_card_shows_all_that_was_registered_corrected_met_and_allowed(world: World, customer_id: str) -> None:
    answer = world.web.get(f"/customers/{customer_id}")

    assert answer.json() == CARDS[customer_id]
    assert answer.headers["ETag"] == f'"{CARDS[customer_id]["version"]}"'


def test_cards_are_read_by_ids_in_the_order_asked_for_and_nobody_elses(world: World) -> None:
    assert world.get("/customers/by-ids", id=[ZHI, NOBODY, CHEN_LI, ADA]) == [
        CARDS[each] for each in (ZHI, CHEN_LI, ADA)
    ]
    assert world.get("/customers/by-ids", id=[CHEN_LI] * 200) == [CARDS[CHEN_LI]] * 200
    assert world.web.get("/customers/by-ids", params={"id": [CHEN_LI] * 201}).status_code == 422


@pytest.mark.feature("C38")
@pytest.mark.parametrize(
    ("asked_for", "names"),
    [
        ({"area": "广州"}, ["陈丽", "陈志"]),
        ({"area": "广东"}, ["陈丽", "陈立", "陈志"]),
        ({"area": "BERLIN"}, ["Ada Wu"]),
        ({"area": " 深圳 "}, ["陈丽", "陈立"]),
        ({"area": "上海"}, ["陈志"]),
        ({"area": "广东", "q": "chen li"}, ["陈丽", "陈立"]),
        ({"area": "深圳", "q": "ada"}, []),
    ],
)
def test_customers_are_narrowed_by_city_and_region(world: World, asked_for: dict[str, str], names: list[str]) -> None:
    assert [found["name"] for found in world.pages("/customers", **asked_for)] == names


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("陈丽", [(CHEN_LI, "exact")]),
        ("chenli", [(CHEN_LI, "exact"), (LI, "exact")]),
        ("陈", [(CHEN_LI, "prefix"), (LI, "prefix"), (ZHI, "prefix")]),
        ("wu", [(ADA, "part")]),
        ("丽", [(CHEN_LI, "part")]),
        ("lind", [(OTTO, "part")]),
        ("wu  ada", [(ADA, "part")]),
        ("lindner", []),
        ("li", [(CHEN_LI, "prefix"), (LI, "part"), (OTTO, "part")]),
        ("貿易", []),
        ("maoyi", [(TRADER, "part")]),
        ("thmyyxgs", [(TRADER, "exact")]),
        ("OTTO@example.de", [(OTTO, "exact")]),
        ("otto@", [(OTTO, "prefix")]),
        ("138 0013 8000", [(CHEN_LI, "exact")]),
        ("9000", [(CHEN_LI, "part")]),
        ("2345 6780", [(ADA, "part")]),
        ("2345 6789", []),
        ("!?", []),
    ],
)
def test_a_hit_says_how_it_matches(world: World, q: str, found: list[tuple[str, str]]) -> None:
    hits = world.get("/customers", q=q)["items"]

    assert [(hit["customer_id"], hit["match"]) for hit in hits] == found
    assert hits == [{**CARDS[customer_id], "match": match} for customer_id, match in found]


def test_a_number_without_a_country_is_dialled_in_the_region_that_is_named(world: World) -> None:
    asked_for = {"at home": {}, "in Hong Kong": {"region": "hk"}, "in Germany": {"region": "DE"}}

    hits = {place: world.get("/customers", q="2345 6780", **region)["items"] for place, region in asked_for.items()}

    assert {place: [(hit["name"], hit["match"]) for hit in found] for place, found in hits.items()} == {
        "at home": [("Ada Wu", "part")],
        "in Hong Kong": [("Ada Wu", "exact")],
        "in Germany": [("Ada Wu", "part")],
    }


def test_one_letter_is_a_name_and_one_row_is_a_batch(contacts: Client) -> None:
    asked(contacts, "register-customer", {"customer_id": CHEN_LI, "name": "丽"})
    asked(contacts, "register-customers", {"customers": [{"customer_id": ADA, "name": "A"}]})

    assert [item["name"] for item in shown(contacts, "/customers")["items"]] == ["A", "丽"]


def test_somebody_found_a_moment_before_their_card_is_there_is_left_out_and_hides_nobody(contacts: Client) -> None:
    asked(contacts, "register-customer", {"customer_id": CHEN_LI, "name": "陈丽"})
    assert len(shown(contacts, "/customers")["items"]) == 1
    asked(contacts, "register-customer", {"customer_id": ADA, "name": "Ada"})
    stored = [fact for part in range(PARTITIONS) for fact in contacts.store.read(part, 0, 100)]
    contacts.project(
        *filter(None, (event_of(contacts, fact) for fact in stored)), read_model=customer_search.READ_MODEL
    )

    page = contacts.get("/customers", params={"limit": 1}).json()
    after = contacts.get("/customers", params={"limit": 1, "cursor": page["next"]}).json()

    assert (page["items"], [item["name"] for item in after["items"]]) == ([], ["陈丽"])

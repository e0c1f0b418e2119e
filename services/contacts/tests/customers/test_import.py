"""A batch of customers, as the import of a file sends it: all or none, and safe to repeat."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid5

import pytest

from crm_chassis.testing import PARTITIONS, Client

KEYS = UUID(int=1)


def rows(*numbers: int, **changes: Any) -> dict[str, Any]:
    """Return rows of a file, each under the id derived from its import key."""
    return {"customers": [{"customer_id": customer(n), "name": f"Customer {n}", **changes} for n in numbers]}


def customer(number: int) -> str:
    return str(uuid5(KEYS, f"shop-{number}"))


def recorded(contacts: Client) -> list[str]:
    """Return the customer of every recorded fact, sorted."""
    facts = [fact for part in range(PARTITIONS) for fact in contacts.store.read(part, 0, 10_000)]
    return sorted(str(fact.originator_id) for fact in facts)


def known(*numbers: int) -> list[str]:
    return sorted(customer(number) for number in numbers)


def test_a_batch_is_registered_as_a_whole_and_answered_with_its_first_customer(contacts: Client) -> None:
    answer = contacts.command("register-customers", rows(*range(500)))

    assert (answer.status_code, answer.json()["id"], answer.json()["version"]) == (201, customer(0), 1)
    assert recorded(contacts) == known(*range(500))


def test_a_batch_that_is_sent_again_with_its_key_gets_its_first_answer(contacts: Client) -> None:
    first = contacts.command("register-customers", rows(1, 2), idempotency_key="file-1/batch-1").json()

    again = contacts.command("register-customers", rows(1, 2), idempotency_key="file-1/batch-1").json()

    assert again == {**first, "repeated": True}
    assert recorded(contacts) == known(1, 2)


def test_rows_that_are_known_are_left_as_they_stand_and_the_new_ones_are_registered(contacts: Client) -> None:
    contacts.command("register-customers", rows(1, 2))

    answer = contacts.command("register-customers", rows(2, 3, 1, 4, form_of_address="Dr"))

    assert (answer.status_code, answer.json()["id"]) == (201, customer(3))
    assert recorded(contacts) == known(1, 2, 3, 4)


def test_a_batch_of_known_rows_only_makes_nothing_new_true(contacts: Client) -> None:
    contacts.command("register-customers", rows(1, 2))

    answer = contacts.command("register-customers", rows(2, 1)).json()

    assert (answer["id"], answer["version"], answer["position"]) == (customer(2), 1, "")
    assert recorded(contacts) == known(1, 2)


def test_batches_that_overlap_at_the_same_moment_register_every_customer_once(contacts: Client) -> None:
    start = threading.Barrier(2)

    def send(batch: dict[str, Any]) -> int:
        start.wait()
        return int(contacts.command("register-customers", batch).status_code)

    with ThreadPoolExecutor(2) as senders:
        statuses = list(senders.map(send, [rows(*range(200)), rows(*range(100, 300))]))

    assert statuses == [201, 201]
    assert recorded(contacts) == known(*range(300))


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"name": ""}, "customers.1.name"),
        ({"phones": ["12345"]}, "customers.1.phones.0"),
        ({"kind": "company", "birthday": "2001-01-01"}, "customers.1.birthday"),
        ({"birthday": "2099-01-01"}, "customers.1.birthday"),
    ],
)
def test_one_wrong_row_is_named_and_nothing_of_the_batch_is_registered(
    contacts: Client, row: dict[str, Any], field: str
) -> None:
    batch = rows(1, 2, 3)
    batch["customers"][1].update(row)

    answer = contacts.command("register-customers", batch)

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    assert recorded(contacts) == []


def test_a_batch_has_at_most_500_rows_and_each_customer_once(contacts: Client) -> None:
    too_many = contacts.command("register-customers", rows(*range(501)))
    twice = contacts.command("register-customers", rows(1, 1))

    assert too_many.json()["errors"][0]["field"] == "customers"
    assert twice.json()["errors"][0]["rule"] == "Two rows of the batch have the same customer_id."
    assert recorded(contacts) == []

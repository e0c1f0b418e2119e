"""Cards as they are shown over HTTP, whole."""

from typing import Any
from uuid import UUID

import pytest

from crm_chassis.testing import Client
from crm_loyalty.cards.card import card_id
from crm_loyalty.members.membership import member_id
from services.loyalty.tests.counter import Counter
from services.loyalty.tests.shop import shown as shown_at_once
from services.loyalty.tests.world import (
    ANNA,
    MS_CHEN,
    shown,
)

FIRST_CARD = ("66880001VIP", shown("02-01"), "tianhe")
ANNAS_CARD = ("66990001", shown("02-09", "16:00:00"), "website")


def card(customer_id: UUID, number: str, at: str, unit: str) -> dict[str, Any]:
    """Write a card as it is shown."""
    whose = {"member_id": str(member_id(customer_id)), "customer_id": str(customer_id)}
    return {
        **whose, "card_id": str(card_id(number)), "number": number, "state": "active", "issued_at": at,
        "issued_in": unit,
    }  # fmt: skip


def test_a_card_shows_whose_it_is_since_when_and_from_where(world: Counter) -> None:
    assert world.shown("/cards/6688 0001 vip") == card(MS_CHEN, *FIRST_CARD)
    assert world.shown("/cards/6699-0001") == card(ANNA, *ANNAS_CARD)


@pytest.mark.parametrize("written", ["66880001VIP", "6688-0001-vip", "6688 0001 VIP"])
def test_a_card_is_found_however_its_number_is_written(with_chen: Client, written: str) -> None:
    card = shown_at_once(with_chen, f"/cards/{written}")

    assert (card["customer_id"], card["state"]) == (str(MS_CHEN), "active")

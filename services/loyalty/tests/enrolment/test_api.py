"""Members as they are shown over HTTP, whole."""

from typing import Any
from uuid import UUID

import pytest

from crm_loyalty.cards.card import card_id
from crm_loyalty.members.membership import member_id
from services.loyalty.tests.counter import Counter
from services.loyalty.tests.world import (
    ANNA,
    MR_WU,
    MS_CHEN,
    shown,
)

LEVELS = {MS_CHEN: "gold", MR_WU: "ordinary", ANNA: "silver"}
FIRST_CARD = ("66880001VIP", shown("02-01"), "tianhe")
HER_CARDS = [
    ("66880004", shown("02-05"), "yuexiu"),
    ("66880003", shown("02-05"), "yuexiu"),
    ("66880002", shown("02-04"), "beijing-lu"),
    FIRST_CARD,
]
ANNAS_CARD = ("66990001", shown("02-09", "16:00:00"), "website")


def card(customer_id: UUID, number: str, at: str, unit: str) -> dict[str, Any]:
    """Write a card as it is shown."""
    whose = {"member_id": str(member_id(customer_id)), "customer_id": str(customer_id)}
    return {
        **whose, "card_id": str(card_id(number)), "number": number, "state": "active", "issued_at": at,
        "issued_in": unit,
    }  # fmt: skip


@pytest.mark.feature("L07")
@pytest.mark.parametrize(
    ("customer_id", "language", "name", "points", "enrolled", "cards"),
    [
        (MS_CHEN, "en", "gold member", ("3", "21.5"), (1, shown("02-01"), "tianhe"), HER_CARDS),
        (MS_CHEN, "zh", "金卡会员", ("3", "21.5"), (1, shown("02-01"), "tianhe"), HER_CARDS),
        (ANNA, "en", "silver member", ("2.5", "15"), (2, shown("02-09", "16:00:00"), "website"), [ANNAS_CARD]),
        (ANNA, "zh", "银卡会员", ("2.5", "15"), (2, shown("02-09", "16:00:00"), "website"), [ANNAS_CARD]),
        (MR_WU, "en", "ordinary member", ("2", "14"), (2, shown("02-12"), "yuexiu"), []),
        (MR_WU, "zh", "普通会员", ("2", "14"), (2, shown("02-12"), "yuexiu"), []),
    ],
)
def test_a_member_is_shown_with_level_what_it_entitles_to_today_and_the_latest_cards_first(
    world: Counter, customer_id: UUID, language: str, name: str, points: Any, enrolled: Any, cards: Any
) -> None:
    member = world.shown(f"/customers/{customer_id}/membership", accept_language=language)

    assert member == {
        "member_id": str(member_id(customer_id)),
        "customer_id": str(customer_id),
        "level": LEVELS[customer_id],
        "level_name": name,
        "entitles_to": [
            {"currency": currency, "points_per_unit": each, "programme_version": 2}
            for currency, each in zip(("CNY", "USD"), points, strict=True)
        ],
        **dict(zip(("programme_version", "enrolled_at", "enrolled_in"), enrolled, strict=True)),
        "cards": [card(customer_id, *each) for each in cards],
    }
    assert world.shown(f"/members/{member_id(customer_id)}", accept_language=language) == member

"""Cards: the words that are stored."""

from uuid import UUID

from crm_loyalty.cards.card import Card


def test_a_card_is_active_under_the_word_that_is_stored() -> None:
    assert Card(number="66880001", customer_id=UUID(int=7), member_id=UUID(int=8)).state.value == "active"

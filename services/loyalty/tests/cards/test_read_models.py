"""Cards as the counters look them up."""

from uuid import UUID

from crm_chassis.testing import NOON, database, received
from crm_events.loyalty import CardIssued
from crm_loyalty.cards.read_models import cards

MS_CHEN, MEMBER, CARD = UUID(int=7), UUID(int=70), UUID(int=71)
ISSUED = CardIssued(customer_id=MS_CHEN, member_id=MEMBER, card_id=CARD, number="66880001")


def test_a_card_is_found_by_its_number_and_by_its_member() -> None:
    with database(*cards.READ_MODEL.tables) as db:
        cards.READ_MODEL.project([received(ISSUED, time=NOON, subject=CARD, sequence=1)], db)

        card = cards.by_number(db, "66880001")

        assert card is not None
        assert (card.customer_id, card.member_id, card.state) == (MS_CHEN, MEMBER, "active")
        assert cards.of_member(db, MEMBER) == [card]
        assert cards.by_number(db, "66880002") is None

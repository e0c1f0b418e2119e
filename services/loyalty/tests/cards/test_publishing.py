"""Public events of cards, as they go on the wire."""

from uuid import UUID

from crm_eventlog.aggregate import Aggregate
from crm_loyalty.cards.card import Card
from crm_loyalty.cards.publishing import publish
from crm_loyalty.members.membership import Membership

MS_CHEN = UUID(int=7)
MEMBER = '{"customer_id":"00000000-0000-0000-0000-000000000007","member_id":"9a38a5a7-7fea-56d8-9437-002341204966"'


def published(aggregate: Aggregate) -> list[str]:
    """Return the public events of everything that was decided."""
    events = [publish(fact, MS_CHEN) for fact in aggregate.pending_events]
    return [event.model_dump_json() for event in events if event]


def test_a_card_is_told_with_its_number(a_member: Membership) -> None:
    card = Card(number="66880001", customer_id=MS_CHEN, member_id=a_member.id)

    assert published(card) == [f'{MEMBER},"card_id":"{card.id}","number":"66880001"}}']

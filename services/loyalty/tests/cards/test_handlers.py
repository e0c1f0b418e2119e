"""Cards that are asked for twice, or for a customer who is not a member."""

from uuid import UUID

from crm_loyalty.cards.card import CardNumberTaken
from crm_loyalty.cards.commands import IssueCard
from crm_loyalty.members.errors import CustomerNotEnrolled
from services.loyalty.tests.two_stores import TwoStores

MS_CHEN, MR_WU = UUID(int=7), UUID(int=8)


def test_a_number_written_otherwise_is_the_same_number(stores: TwoStores) -> None:
    assert stores.refusal(IssueCard(customer_id=MS_CHEN, number="66-88-0001")) is CardNumberTaken


def test_cards_are_for_members(stores: TwoStores) -> None:
    assert stores.refusal(IssueCard(customer_id=MR_WU, number="66880003")) is CustomerNotEnrolled

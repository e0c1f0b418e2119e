"""Enrolment when two stores ask at once, or before the programme began."""

from datetime import timedelta
from uuid import UUID

from crm_chassis.testing import NOON
from crm_loyalty.cards.card import CardNumberTaken
from crm_loyalty.cards.commands import IssueCard
from crm_loyalty.enrolment.commands import Enrol
from crm_loyalty.members.errors import CustomerAlreadyEnrolled, CustomerNotEnrolled
from crm_loyalty.programme.errors import NoProgrammeYet
from crm_loyalty.programme.rules import PROGRAMMES
from services.loyalty.tests.two_stores import TwoStores

MR_WU = UUID(int=8)


def test_two_stores_that_enrol_a_customer_at_once_make_one_member(stores: TwoStores) -> None:
    refusals = stores.at_once((Enrol(customer_id=MR_WU), "tianhe"), (Enrol(customer_id=MR_WU), "yuexiu"))

    assert sorted(map(str, refusals)) == sorted(map(str, (None, CustomerAlreadyEnrolled)))


def test_a_card_number_belongs_to_one_member_also_when_two_are_enrolled_with_it_at_once(stores: TwoStores) -> None:
    new = [Enrol(customer_id=UUID(int=number), card_number="6688 0002") for number in (21, 22)]

    refusals = stores.at_once((new[0], "tianhe"), (new[1], "yuexiu"))

    assert sorted(map(str, refusals)) == sorted(map(str, (None, CardNumberTaken)))


def test_a_refused_card_enrols_nobody(stores: TwoStores) -> None:
    stores.refusal(Enrol(customer_id=MR_WU, card_number="66880001"))

    assert stores.refusal(IssueCard(customer_id=MR_WU, number="66880003")) is CustomerNotEnrolled


def test_nobody_is_enrolled_as_of_a_day_before_the_first_version_although_reported_under_it(stores: TwoStores) -> None:
    command, last_moment = Enrol(customer_id=MR_WU), PROGRAMMES[0].valid_from - timedelta(microseconds=1)

    assert stores.refusal(command, occurred_at=last_moment, recorded_at=NOON) is NoProgrammeYet
    assert stores.refusal(command, occurred_at=PROGRAMMES[0].valid_from, recorded_at=NOON) is None

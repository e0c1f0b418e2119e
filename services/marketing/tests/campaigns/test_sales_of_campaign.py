"""Sales of a campaign, on both databases."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Connection

from crm_chassis.testing import NOON
from crm_marketing.campaigns.read_models import sales_of_campaign
from services.marketing.tests.events import CODE, CONVERTED, LEAD, OPPORTUNITY, ORDER, at, lead, order, returned, tell


def test_a_campaign_its_lead_and_the_order_that_followed_are_one_line(db: Connection) -> None:
    tell(db, at(0, lead()), at(1, CONVERTED), at(2, order(opportunity_id=OPPORTUNITY)))

    (line,) = sales_of_campaign.of_campaign(db, CODE, limit=5)

    assert (line.lead_id, line.opportunity_id, line.order_id) == (LEAD, OPPORTUNITY, ORDER)
    assert (line.began_at, line.ordered_at, line.amount) == (NOON, NOON + timedelta(hours=2), "5098.00")
    assert sales_of_campaign.counts(db, CODE) == {"leads": 1, "orders": 1}


def test_an_order_that_names_the_campaign_itself_is_a_line_of_its_own(db: Connection) -> None:
    tell(db, at(0, lead()), at(1, order(campaign_code=CODE)), at(2, order(UUID(int=49), "10.50", campaign_code=CODE)))

    lines = sales_of_campaign.of_campaign(db, CODE, limit=5)

    assert [line.order_id for line in lines] == [UUID(int=49), ORDER, None]
    assert sales_of_campaign.revenue(db, CODE) == {"CNY": Decimal("5108.50")}


def test_a_second_order_of_the_same_opportunity_does_not_take_the_place_of_the_first(db: Connection) -> None:
    again = order(UUID(int=49), "10.50", opportunity_id=OPPORTUNITY, campaign_code=CODE)
    tell(db, at(0, lead()), at(1, CONVERTED), at(2, order(opportunity_id=OPPORTUNITY)), at(3, again))

    assert sales_of_campaign.counts(db, CODE) == {"leads": 1, "orders": 2}
    assert sales_of_campaign.revenue(db, CODE) == {"CNY": Decimal("5108.50")}


def test_what_came_back_is_taken_off_what_the_campaign_brought(db: Connection) -> None:
    tell(db, at(0, order(campaign_code=CODE)), at(1, returned("99.00")), at(2, returned("0.10")))

    assert sales_of_campaign.revenue(db, CODE) == {"CNY": Decimal("4998.90")}


def test_sales_that_have_nothing_to_do_with_a_campaign_are_not_counted(db: Connection) -> None:
    tell(db, at(0, lead(campaign_code=None)), at(1, CONVERTED), at(2, order(opportunity_id=OPPORTUNITY)))
    tell(db, at(3, returned("99.00")), at(4, order(UUID(int=49), campaign_code="CM-2026-049")))

    assert sales_of_campaign.of_campaign(db, CODE, limit=5) == []

"""Public events of opportunities: each as it goes on the wire."""

from uuid import UUID

from crm_sales.opportunities.opportunity import Opportunity
from crm_sales.opportunities.rules import STAGES
from services.sales.tests.published import MS_CHEN, OPPORTUNITY, ORDER_ID, published, yuan


def test_an_opportunity_is_told_with_every_move_and_its_order(an_opportunity: Opportunity) -> None:
    an_opportunity.move("offer", why="asked for the price", stages=STAGES)
    an_opportunity.win(UUID(int=3), ordered_by=MS_CHEN)

    assert published(an_opportunity) == {
        "Opened": f'{OPPORTUNITY},"lead_id":"00000000-0000-0000-0000-000000000001","title":"X2 phone with case",'
        f'"expected":{yuan("5098.00")},"stage":"interest","salesperson":"lin.mei","campaign_code":"CM-2026-048"}}',
        "Moved": f'{OPPORTUNITY},"before":"interest","after":"offer","why":"asked for the price"}}',
        "Won": f"{OPPORTUNITY},{ORDER_ID}}}",
    }


def test_a_lost_opportunity_is_told_with_the_stage_and_the_reason(a_lost_opportunity: Opportunity) -> None:
    assert published(a_lost_opportunity)["Lost"] == f'{OPPORTUNITY},"stage":"interest","reason":"bought elsewhere"}}'

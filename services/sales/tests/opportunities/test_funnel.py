"""The funnel: stages that left the list, and opportunities that come again to a stage."""

from uuid import UUID

from crm_chassis.testing import received
from crm_events.sales import OpportunityOpened
from crm_events.values import Money
from crm_sales.opportunities import STAGES
from services.sales.tests.desk import Desk
from services.sales.tests.world import MS_CHEN

CODES = [stage.code for stage in STAGES.stages]


def test_a_stage_that_left_the_list_is_shown_under_its_code_while_something_stands_in_it(sales: Desk) -> None:
    for number, stage in enumerate(("wishing", "dreaming"), start=1):
        sale = {"customer_id": UUID(MS_CHEN), "opportunity_id": UUID(int=number), "title": "A dream", "stage": stage}
        opened = OpportunityOpened(**sale, expected=Money(amount="1.00", currency="CNY"))
        sales.client.project(received(opened, subject=UUID(int=number)))

    stages = sales.read("/funnel")["stages"]

    last = {
        "open": 1,
        "entered": 1,
        "advanced": 0,
        "conversion": 0.0,
        "expected": [{"amount": "1.00", "currency": "CNY"}],
    }
    assert [stage["stage"] for stage in stages[:5]] == CODES
    assert [{name: stage[name] for name in ("stage", "name", *last)} for stage in stages[5:]] == [
        {"stage": "dreaming", "name": "dreaming", **last},
        {"stage": "wishing", "name": "wishing", **last},
    ]


def test_coming_again_to_a_stage_counts_once(sales: Desk) -> None:
    sale = {"customer_id": MS_CHEN, "title": "X2", "expected": {"amount": "9", "currency": "CNY"}}
    deal = {"opportunity_id": sales.execute("open-opportunity", sale)}
    for stage in ("offer", "interest", "offer", "agreement", "offer"):
        sales.execute("move-opportunity", {**deal, "stage": stage, "why": "thinks again"})
    for _ in range(2):
        sales.execute("open-opportunity", sale)

    stages = sales.read("/funnel")["stages"]

    assert [(stage["open"], stage["entered"], stage["advanced"]) for stage in stages] == [
        (2, 3, 1),
        (0, 0, 0),
        (1, 1, 1),
        (0, 0, 0),
        (0, 1, 0),
    ]
    assert (stages[0]["conversion"], stages[0]["likely_to_advance"]) == (
        0.3333,
        [{"amount": "6.00", "currency": "CNY"}],
    )

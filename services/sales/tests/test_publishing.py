"""What others hear of sales' facts: each as it goes on the wire."""

from uuid import UUID

from crm_eventlog.aggregate import Aggregate
from crm_sales.domain.lead import Lead
from crm_sales.domain.opportunity import Opportunity
from crm_sales.domain.order import Order
from crm_sales.domain.stages import STAGES
from crm_sales.publishing import publish
from crm_sales.service import SERVICE

MS_CHEN = UUID(int=7)
CUSTOMER = '"customer_id":"00000000-0000-0000-0000-000000000007"'
LEAD = f'{{{CUSTOMER},"lead_id":"00000000-0000-0000-0000-000000000001"'
OPPORTUNITY = f'{{{CUSTOMER},"opportunity_id":"00000000-0000-0000-0000-000000000002"'
ORDER_ID = '"order_id":"00000000-0000-0000-0000-000000000003"'


def yuan(amount: str) -> str:
    return f'{{"amount":"{amount}","currency":"CNY"}}'


def said(aggregate: Aggregate) -> dict[str, str]:
    """What is said of everything this has decided: the fact's name -> the event's JSON."""
    events = [(type(fact).__name__, publish(fact, MS_CHEN)) for fact in aggregate.pending_events]
    return {name: event.model_dump_json() for name, event in events if event}


def test_a_lead_is_told_with_what_brought_it_and_who_has_it(a_converted_lead: Lead) -> None:
    assert said(a_converted_lead) == {
        "Captured": f'{LEAD},"source":"web","keyword":"X2 手机","campaign_code":"CM-2026-048","interest":"X2 phone"}}',
        "Assigned": f'{LEAD},"salesperson":"xu.wei","rule":"by_source/2026-1"}}',
        "Converted": f'{LEAD},"opportunity_id":"00000000-0000-0000-0000-000000000002"}}',
    }


def test_an_opportunity_is_told_with_every_move_and_its_order(an_opportunity: Opportunity) -> None:
    an_opportunity.move("offer", why="asked for the price", stages=STAGES)
    an_opportunity.win(UUID(int=3), ordered_by=MS_CHEN)

    assert said(an_opportunity) == {
        "Opened": f'{OPPORTUNITY},"lead_id":"00000000-0000-0000-0000-000000000001","title":"X2 phone with case",'
        f'"expected":{yuan("5098.00")},"stage":"interest","salesperson":"lin.mei","campaign_code":"CM-2026-048"}}',
        "Moved": f'{OPPORTUNITY},"before":"interest","after":"offer","why":"asked for the price"}}',
        "Won": f"{OPPORTUNITY},{ORDER_ID}}}",
    }


def test_a_lost_opportunity_is_told_with_the_stage_and_the_reason(a_lost_opportunity: Opportunity) -> None:
    assert said(a_lost_opportunity)["Lost"] == f'{OPPORTUNITY},"stage":"interest","reason":"bought elsewhere"}}'


def test_an_order_is_told_with_its_lines_its_payment_and_its_return(a_returned_order: Order) -> None:
    assert said(a_returned_order) == {
        "Placed": f'{{{CUSTOMER},{ORDER_ID},"lines":['
        f'{{"line":1,"sku":"X2-256-BLK","name":"X2 手机","quantity":1,"unit_price":{yuan("4999.00")},'
        f'"total":{yuan("4999.00")},"assistant":"li.na"}},'
        f'{{"line":2,"sku":"CASE-X2","name":"X2 保护壳","quantity":3,"unit_price":{yuan("39.00")},'
        f'"total":{yuan("100.00")},"assistant":null}}],"total":{yuan("5099.00")},"unit":"tianhe","channel":"store",'
        '"opportunity_id":"00000000-0000-0000-0000-000000000002","campaign_code":"CM-2026-048"}',
        "PaymentTaken": f'{{{CUSTOMER},"payment_id":"00000000-0000-0000-0000-000000000004",{ORDER_ID},'
        f'"amount":{yuan("5099.00")},"means":"mobile","outstanding":{yuan("0.00")}}}',
        "Returned": f'{{{CUSTOMER},"return_id":"00000000-0000-0000-0000-000000000005",{ORDER_ID},"lines":['
        f'{{"line":1,"sku":"X2-256-BLK","quantity":1,"refund":{yuan("4999.00")}}},'
        f'{{"line":2,"sku":"CASE-X2","quantity":3,"refund":{yuan("100.00")}}}],'
        f'"refund":{yuan("5099.00")},"whole":true,"order_total":{yuan("5099.00")},"reason":"It flickers"}}',
    }


def test_a_foreign_fact_stays_private() -> None:
    assert publish(object(), MS_CHEN) is None


def test_no_fact_of_sales_is_private() -> None:
    """Whoever adds a fact decides here whether others hear it."""
    facts = {
        f"{aggregate.__name__}.{name}"
        for aggregate in SERVICE.aggregates
        for name, kind in vars(aggregate).items()
        if isinstance(kind, type) and issubclass(kind, Aggregate.Event) and name not in ("Event", "Created")
    }

    assert facts == {
        "Lead.Captured",
        "Lead.Assigned",
        "Lead.Converted",
        "Opportunity.Opened",
        "Opportunity.Moved",
        "Opportunity.Won",
        "Opportunity.Lost",
        "Order.Placed",
        "Order.PaymentTaken",
        "Order.Returned",
    }

"""Public events of leads: each as it goes on the wire."""

from crm_sales.leads.lead import Lead
from services.sales.tests.published import LEAD, published


def test_a_lead_is_told_with_what_brought_it_and_who_has_it(a_converted_lead: Lead) -> None:
    assert published(a_converted_lead) == {
        "Captured": f'{LEAD},"source":"web","keyword":"X2 手机","campaign_code":"CM-2026-048","interest":"X2 phone"}}',
        "Assigned": f'{LEAD},"salesperson":"xu.wei","rule":"by_source/2026-1"}}',
        "Converted": f'{LEAD},"opportunity_id":"00000000-0000-0000-0000-000000000002"}}',
    }

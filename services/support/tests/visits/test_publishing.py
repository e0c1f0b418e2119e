"""Public events of visits, each as it goes on the wire."""

from crm_support.visits.visit import Visit
from services.support.tests.published import published

CUSTOMER = '"customer_id":"00000000-0000-0000-0000-000000000007"'
VISIT = (
    f'{{{CUSTOMER},"visit_id":"915e0f38-ed8f-5890-93c3-e81f58c18433",'
    '"order_id":"00000000-0000-0000-0000-000000000009","rule":"three_days"'
)


def test_a_visit_is_told_when_it_falls_due_and_when_it_is_done(a_due_visit: Visit) -> None:
    a_due_visit.do("All is well")

    assert published(a_due_visit) == {
        "FellDue": f'{VISIT},"due_on":"2026-03-04"}}',
        "Done": f'{VISIT},"outcome":"All is well"}}',
    }


def test_a_skipped_visit_is_told_with_the_reason(a_due_visit: Visit) -> None:
    a_due_visit.skip("She moved away")

    assert published(a_due_visit)["Skipped"] == f'{VISIT},"reason":"She moved away"}}'

"""What a visit after a sale allows, records and refuses."""

from collections.abc import Callable
from uuid import UUID

import pytest

from crm_eventlog.aggregate import Refused
from crm_support.domain.visit import Visit, VisitAlreadyDone, VisitAlreadySkipped, VisitRule, visit_id


def do(visit: Visit) -> None:
    visit.do("All is well")


def skip(visit: Visit) -> None:
    visit.skip("She moved away")


@pytest.mark.parametrize(
    ("first", "second", "refusal"),
    [
        (do, do, VisitAlreadyDone),
        (do, skip, VisitAlreadyDone),
        (skip, do, VisitAlreadySkipped),
        (skip, skip, VisitAlreadySkipped),
    ],
)
def test_a_visit_ends_only_once(
    a_due_visit: Visit, first: Callable[[Visit], None], second: Callable[[Visit], None], refusal: type[Refused]
) -> None:
    first(a_due_visit)

    with pytest.raises(refusal):
        second(a_due_visit)

    assert len(a_due_visit.pending_events) == 2


def test_each_rule_makes_one_visit_of_an_order() -> None:
    orders = (UUID(int=1), UUID(int=2))

    ids = {visit_id(order, rule) for order in orders for rule in VisitRule}

    assert len(ids) == 4
    assert visit_id(orders[0], VisitRule.THREE_DAYS) in ids


@pytest.mark.parametrize("end", [do, skip])
def test_a_replayed_visit_equals_the_live_one(a_due_visit: Visit, end: Callable[[Visit], None]) -> None:
    end(a_due_visit)

    replayed = None
    for fact in a_due_visit.collect_events():
        replayed = fact.mutate(replayed)

    assert replayed == a_due_visit

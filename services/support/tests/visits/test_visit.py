"""Visits after a sale: what one allows, records and rejects."""

from collections.abc import Callable
from uuid import UUID

import pytest

from crm_eventlog.aggregate import DomainError
from crm_support.visits.visit import Visit, VisitAlreadyDone, VisitAlreadySkipped, VisitState, visit_id
from crm_support.vocabulary import VisitRule


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
    a_due_visit: Visit, first: Callable[[Visit], None], second: Callable[[Visit], None], refusal: type[DomainError]
) -> None:
    assert a_due_visit.state is VisitState.DUE
    first(a_due_visit)

    with pytest.raises(refusal) as refused:
        second(a_due_visit)

    assert (refused.value.field, refused.value.value) == ("visit_id", a_due_visit.id)
    assert len(a_due_visit.pending_events) == 2


def test_each_rule_makes_one_visit_of_an_order() -> None:
    orders = (UUID(int=9), UUID(int=10))

    ids = {(order, rule): visit_id(order, rule) for order in orders for rule in VisitRule}

    assert len(set(ids.values())) == 4
    assert ids[orders[0], VisitRule.THREE_DAYS] == UUID("915e0f38-ed8f-5890-93c3-e81f58c18433")
    assert ids[orders[0], VisitRule.THIRTY_DAYS] == UUID("77a9c9b5-e3cb-57dd-989c-4cdb9c9d29dd")


@pytest.mark.parametrize("end", [do, skip])
def test_a_replayed_visit_equals_the_live_one(a_due_visit: Visit, end: Callable[[Visit], None]) -> None:
    end(a_due_visit)

    replayed = None
    for fact in a_due_visit.collect_events():
        replayed = fact.mutate(replayed)

    assert replayed == a_due_visit

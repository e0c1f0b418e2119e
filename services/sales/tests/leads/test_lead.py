"""Leads: what they allow, record and refuse."""

from collections.abc import Callable
from uuid import UUID

import pytest

from crm_sales.leads.lead import Lead, LeadAlreadyConverted, LeadAlreadyTheirs


def facts(lead: Lead) -> list[str]:
    return [type(fact).__name__ for fact in lead.pending_events]


def test_a_lead_is_given_to_somebody_by_a_rule_whose_version_is_recorded(a_lead: Lead) -> None:
    assigned = vars(a_lead.pending_events[-1])

    assert facts(a_lead) == ["Captured", "Assigned"]
    assert (assigned["before"], assigned["salesperson"], assigned["rule"]) == (None, "xu.wei", "by_source/2026-1")


def test_a_lead_may_be_given_to_somebody_else_by_hand_with_the_reason(a_lead: Lead) -> None:
    a_lead.assign_to("li.na", reason="xu.wei is ill")

    assigned = vars(a_lead.pending_events[-1])
    assert (assigned["before"], assigned["salesperson"]) == ("xu.wei", "li.na")
    assert (assigned["rule"], assigned["reason"]) == ("by_hand", "xu.wei is ill")


def test_a_lead_is_not_given_to_the_person_who_has_it(a_lead: Lead) -> None:
    with pytest.raises(LeadAlreadyTheirs):
        a_lead.assign_to("xu.wei", reason="Please")


@pytest.mark.parametrize(
    "step",
    [lambda lead: lead.convert(UUID(int=9)), lambda lead: lead.assign_to("li.na", reason="Please")],
    ids=["convert", "assign"],
)
def test_a_lead_is_converted_only_once_and_then_stays_as_it_is(
    a_converted_lead: Lead, step: Callable[[Lead], None]
) -> None:
    with pytest.raises(LeadAlreadyConverted):
        step(a_converted_lead)

    assert facts(a_converted_lead) == ["Captured", "Assigned", "Converted"]


@pytest.mark.parametrize("state", ["a_lead", "a_converted_lead"])
def test_a_replayed_lead_equals_the_live_one(state: str, request: pytest.FixtureRequest) -> None:
    live: Lead = request.getfixturevalue(state)

    replayed = None
    for fact in live.collect_events():
        replayed = fact.mutate(replayed)

    assert replayed == live

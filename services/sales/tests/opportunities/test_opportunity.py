"""Opportunities: what they allow, record and refuse."""

from collections.abc import Callable
from uuid import UUID

import pytest

from crm_kernel import LocalizedText
from crm_sales.opportunities.opportunity import (
    MoveNotExplained,
    Opportunity,
    OpportunityAlreadyClosed,
    OpportunityAlreadyInStage,
    OpportunityState,
    OrderOfAnotherCustomer,
)
from crm_sales.opportunities.rules import STAGES, Stage, StageList, StageUnknown

MS_CHEN, MR_WU = UUID(int=7), UUID(int=8)


def move(opportunity: Opportunity, stage: str = "offer", why: str = "asked for the price") -> None:
    opportunity.move(stage, why=why, stages=STAGES)


def facts(opportunity: Opportunity) -> list[str]:
    return [type(fact).__name__ for fact in opportunity.pending_events]


def test_an_opportunity_begins_in_the_first_stage_of_the_list_in_force(an_opportunity: Opportunity) -> None:
    opened = vars(an_opportunity.pending_events[0])

    assert (opened["stage"], opened["stages_version"]) == ("interest", "2026-1")


def test_a_move_records_from_where_to_where_why_and_by_which_list(an_opportunity: Opportunity) -> None:
    move(an_opportunity)

    moved = vars(an_opportunity.pending_events[-1])
    assert (moved["before"], moved["after"]) == ("interest", "offer")
    assert (moved["why"], moved["stages_version"]) == ("asked for the price", "2026-1")


def test_an_opportunity_may_go_backwards_with_the_reason(an_opportunity: Opportunity) -> None:
    move(an_opportunity)

    move(an_opportunity, stage="need", why="wants another model")

    assert an_opportunity.stage == "need"


@pytest.mark.parametrize("why", ["", "  "])
def test_a_move_without_a_reason_is_refused(an_opportunity: Opportunity, why: str) -> None:
    with pytest.raises(MoveNotExplained, match=f": why='{why}'"):
        move(an_opportunity, why=why)


def test_a_stage_that_is_not_on_the_list_is_refused(an_opportunity: Opportunity) -> None:
    with pytest.raises(StageUnknown):
        move(an_opportunity, stage="dreaming")


def test_a_stage_that_left_the_list_can_still_be_left(an_opportunity: Opportunity) -> None:
    shorter = StageList(version="2027-1", stages=(Stage(code="offer", name=LocalizedText("Offer", "报价")),))

    an_opportunity.move("offer", why="asked for the price", stages=shorter)

    assert vars(an_opportunity.pending_events[-1])["stages_version"] == "2027-1"


def test_an_opportunity_does_not_move_to_where_it_stands(an_opportunity: Opportunity) -> None:
    with pytest.raises(OpportunityAlreadyInStage):
        move(an_opportunity, stage="interest")


def test_an_opportunity_does_not_end_in_somebody_elses_order(an_opportunity: Opportunity) -> None:
    with pytest.raises(OrderOfAnotherCustomer):
        an_opportunity.win(UUID(int=3), ordered_by=MR_WU)

    assert an_opportunity.state is OpportunityState.OPEN


@pytest.mark.parametrize("state", ["a_won_opportunity", "a_lost_opportunity"])
@pytest.mark.parametrize(
    "step",
    [
        move,
        lambda opportunity: opportunity.win(UUID(int=3), ordered_by=MS_CHEN),
        lambda opportunity: opportunity.lose("bought elsewhere"),
    ],
    ids=["move", "win", "lose"],
)
def test_a_closed_opportunity_stays_as_it_is(
    state: str, step: Callable[[Opportunity], None], request: pytest.FixtureRequest
) -> None:
    closed: Opportunity = request.getfixturevalue(state)
    before = facts(closed)

    with pytest.raises(OpportunityAlreadyClosed):
        step(closed)

    assert facts(closed) == before


@pytest.mark.parametrize("state", ["an_opportunity", "a_won_opportunity", "a_lost_opportunity"])
def test_a_replayed_opportunity_equals_the_live_one(state: str, request: pytest.FixtureRequest) -> None:
    live: Opportunity = request.getfixturevalue(state)

    replayed = None
    for fact in live.collect_events():
        replayed = fact.mutate(replayed)

    assert replayed == live

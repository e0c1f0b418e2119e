"""Ratings over HTTP: grades of cases and of visits."""

from typing import Any
from uuid import UUID

import pytest

from crm_events.event import CustomerEvent
from crm_events.support import ServiceRated
from services.support.tests.story import MR_WU, MS_CHEN
from services.support.tests.world import World, an_order, hours

WORDS = {"subject": "屏幕闪烁", "text": "Why does it flicker in the dark?"}
QUESTION = {"customer_id": MS_CHEN, "channel": "web", **WORDS}
COMPLAINT = {**QUESTION, "channel": "call_centre", "severity": "high"}


@pytest.mark.feature("P37")
def test_the_satisfaction_with_a_case_is_its_experience_less_the_expectation(support: World) -> None:
    grades = {(4, 2): -2, (5, 1): -4, (3, 3): 0, (1, 5): 4}
    cases = {pair: support.ask("file-complaint", **COMPLAINT) for pair in grades}
    unrated = support.ask("file-complaint", **COMPLAINT)

    for (expectation, experience), case_id in cases.items():
        about = {"subject_kind": "case", "subject_id": case_id, "remark": "Slow"}
        support.ask("rate-service", **about, expectation=expectation, experience=experience)

    names = ("expectation", "experience", "satisfaction")
    rows = {pair: support.get(f"/cases/{case_id}") for pair, case_id in {**cases, (None, None): unrated}.items()}
    shown = {pair: tuple(row[name] for name in names) for pair, row in rows.items()}
    assert shown == {pair: (*pair, satisfaction) for pair, satisfaction in {**grades, (None, None): None}.items()}
    told = {(each["subject_id"], each["satisfaction"], each["remark"]) for each in told_of(support, ServiceRated)}
    assert told == {(cases[pair], satisfaction, "Slow") for pair, satisfaction in grades.items()}


def test_a_visit_is_rated_for_the_customer_who_was_visited(support: World) -> None:
    support.hear(an_order(UUID(int=9), MR_WU))
    support.wait_until(hours(72))
    (visit,) = support.get("/visits")["items"]

    support.ask("do-visit", visit_id=visit["visit_id"], outcome="All is well")
    support.ask("rate-service", subject_kind="visit", subject_id=visit["visit_id"], expectation=4, experience=5)

    (told,) = told_of(support, ServiceRated)
    assert (told["customer_id"], told["subject_kind"], told["subject_id"], told["satisfaction"], told["remark"]) == (
        str(MR_WU),
        "visit",
        visit["visit_id"],
        1,
        None,
    )
    assert support.get("/visits")["items"] == []


def told_of(support: World, kind: type[CustomerEvent]) -> list[dict[str, Any]]:
    return [event.data.model_dump(mode="json") for event in support.events(kind)]

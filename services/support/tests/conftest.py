"""States that support's tests begin with."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from crm_chassis.testing import NOON
from crm_chassis.testing.scenario import Given, scenario
from crm_kernel import Channel
from crm_support.cases.case import Case
from crm_support.service import SERVICE
from crm_support.visits.visit import Visit
from crm_support.vocabulary import CaseKind, Severity, VisitRule
from services.support.tests.story import play
from services.support.tests.world import World, open_world

MS_CHEN = UUID(int=7)
THE_ORDER = UUID(int=9)


@pytest.fixture
def support(tmp_path: Path) -> Iterator[World]:
    """Support at work at noon; nothing has happened."""
    with open_world(tmp_path) as world:
        yield world


@pytest.fixture(scope="session")
def a_month(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Support after the month of the story; it is only read."""
    with open_world(tmp_path_factory.mktemp("a-month")) as world:
        play(world)
        yield world


@pytest.fixture
def given(tmp_path: Path) -> Iterator[Callable[..., Given]]:
    """`given(*commands).when(command).then(*facts)`, on a store of support's own."""
    with scenario(SERVICE, tmp_path) as given:
        yield given


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.needs_postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty database, of either kind."""
    if request.param == "sqlite":
        return "sqlite://"
    url: str = request.getfixturevalue("fresh_database")()
    return url.replace("postgresql://", "postgresql+psycopg://")


@pytest.fixture
def a_question() -> Case:
    """Ms Chen asked online at noon why her screen flickers."""
    return Case(
        case_id=UUID(int=1),
        customer_id=MS_CHEN,
        kind=CaseKind.QUESTION,
        channel=Channel.WEB,
        subject="The screen flickers",
        text="Why does it flicker in the dark?",
        opened_at=NOON,
        order_id=THE_ORDER,
    )


@pytest.fixture
def a_complaint() -> Case:
    """Ms Chen complained on the hotline at noon."""
    return Case(
        case_id=UUID(int=2),
        customer_id=MS_CHEN,
        kind=CaseKind.COMPLAINT,
        channel=Channel.CALL_CENTRE,
        subject="The screen still flickers",
        text="Nobody helps me.",
        opened_at=NOON,
        severity=Severity.HIGH,
        order_id=THE_ORDER,
    )


@pytest.fixture
def an_unresolvable_question(a_question: Case) -> Case:
    """She was told that there is no remedy until firmware 2.1."""
    expected_on = NOON.date() + timedelta(days=30)
    a_question.declare_unresolvable(reason="No remedy until firmware 2.1", expected_on=expected_on, at=NOON)
    return a_question


@pytest.fixture
def a_resolved_complaint(a_complaint: Case) -> Case:
    """The complaint was settled after three days."""
    a_complaint.resolve(resolution="Repaired", at=NOON + timedelta(days=3))
    return a_complaint


@pytest.fixture
def a_due_visit() -> Visit:
    """Three days after her order the visit fell due."""
    return Visit(
        customer_id=MS_CHEN,
        order_id=THE_ORDER,
        rule=VisitRule.THREE_DAYS,
        due_on=(NOON + timedelta(days=3)).date(),
        decided_by="visits 2026-1",
    )

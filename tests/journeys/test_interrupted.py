"""Services are stopped and started in the middle of Ms Chen's story: she does not notice, and nothing is missing."""

from collections.abc import Callable

import pytest

from crm_cli.comparing import compare
from crm_cli.demo.chen import Names
from tests.journeys.conftest import REAL, Told, tell_story
from tests.journeys.houses import House

# At the n-th step: what stops before it, and what starts again. Each is away while others hear of what concerns it.
INTERRUPTIONS: dict[int, Callable[[House], None]] = {
    # She buys while support is away: her visits must fall due all the same.
    2: lambda house: house.stop("support"),
    4: lambda house: (house.start("support"), house.stop("loyalty"), house.stop("sales")),  # type: ignore[return-value]
    # The clerk at the store has missed the question, the reason and the complaint.
    6: lambda house: house.start("sales"),
    # Goodwill follows a complaint that loyalty never heard of while it was filed.
    8: lambda house: house.start("loyalty"),
}


@pytest.fixture(scope="module")
def interrupted(house: House) -> Told:
    """Return the story, told while services came and went."""
    steps = iter(range(100))

    def interrupt(_: str) -> None:
        INTERRUPTIONS.get(next(steps), lambda _: None)(house)

    names = Names(run="interrupted", first_code="CM-2026-201", second_code="CM-2026-202", card="6688 0002 0002")
    return tell_story(house, names, announce=interrupt)


@pytest.mark.parametrize("house", [REAL], indirect=True, scope="package")
def test_what_happened_while_a_service_was_away_is_made_up_for(interrupted: Told) -> None:
    same = interrupted.house.ask(compare).same

    of_order, goodwill = interrupted.said("PointsEarned")
    balance = interrupted.read("loyalty", f"/customers/{interrupted.customer_id}/balance")
    assert same
    assert (of_order["data"]["points"], goodwill["data"]["reason"]) == (4999, "goodwill")
    assert balance["available"] == of_order["data"]["points"] + goodwill["data"]["points"] - 500
    assert [each["data"]["rule"] for each in interrupted.said("VisitFellDue")] == ["three_days"]
    assert len(interrupted.said("CaseEscalated")) == 1

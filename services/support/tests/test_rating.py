"""What a rating says."""

from uuid import UUID

import pytest

from crm_support.domain.rating import GradeOffTheScale, RatedKind, Rating, rating_id


def rate(expectation: int, experience: int) -> Rating:
    return Rating.give(
        customer_id=UUID(int=7),
        subject_kind=RatedKind.CASE,
        subject_id=UUID(int=1),
        expectation=expectation,
        experience=experience,
    )


@pytest.mark.parametrize(("expectation", "experience", "satisfaction"), [(5, 1, -4), (3, 3, 0), (4, 5, 1), (1, 5, 4)])
@pytest.mark.feature("P37")
def test_satisfaction_is_experience_less_expectation(expectation: int, experience: int, satisfaction: int) -> None:
    rating = rate(expectation, experience)

    assert rating.satisfaction == satisfaction


@pytest.mark.parametrize(("expectation", "experience", "field"), [(0, 3, "expectation"), (3, 6, "experience")])
def test_a_grade_lies_between_one_and_five(expectation: int, experience: int, field: str) -> None:
    with pytest.raises(GradeOffTheScale) as refusal:
        rate(expectation, experience)

    assert refusal.value.field == field


def test_a_case_or_visit_has_one_rating() -> None:
    rating = rate(3, 4)

    assert rating.id == rating_id(UUID(int=1))
    assert rating_id(UUID(int=2)) != rating.id


def test_a_replayed_rating_equals_the_live_one() -> None:
    live = rate(3, 4)

    (given,) = live.collect_events()

    assert given.mutate(None) == live

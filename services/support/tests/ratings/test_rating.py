"""Ratings: grades, satisfaction, and one for each case or visit."""

from uuid import UUID

import pytest

from crm_support.ratings.rating import GradeOffTheScale, Rating, rating_id
from crm_support.vocabulary import RatedKind


def rate(expectation: int, experience: int) -> Rating:
    return Rating.give(
        customer_id=UUID(int=7),
        subject_kind=RatedKind.CASE,
        subject_id=UUID(int=1),
        expectation=expectation,
        experience=experience,
    )


@pytest.mark.parametrize(
    ("expectation", "experience", "field"),
    [(0, 3, "expectation"), (6, 3, "expectation"), (3, 0, "experience"), (3, 6, "experience")],
)
def test_a_grade_lies_between_one_and_five(expectation: int, experience: int, field: str) -> None:
    with pytest.raises(GradeOffTheScale) as refusal:
        rate(expectation, experience)

    off_the_scale = expectation if field == "expectation" else experience
    assert (refusal.value.field, refusal.value.value) == (field, off_the_scale)


def test_the_ends_of_the_scale_are_grades() -> None:
    assert [rate(1, 5).satisfaction, rate(5, 1).satisfaction] == [4, -4]


def test_a_case_or_visit_has_one_rating() -> None:
    rating = rate(3, 4)

    assert rating.id == rating_id(UUID(int=1)) == UUID("0275f567-d606-5cc4-8db0-9ca10d90e22a")
    assert rating_id(UUID(int=2)) != rating.id


def test_a_replayed_rating_equals_the_live_one() -> None:
    live = rate(3, 4)

    (given,) = live.collect_events()

    assert given.mutate(None) == live

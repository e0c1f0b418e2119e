"""Public events of ratings, each as it goes on the wire."""

from uuid import UUID

import pytest

from crm_support.ratings.rating import Rating
from crm_support.vocabulary import RatedKind
from services.support.tests.published import published

MS_CHEN = UUID(int=7)
CUSTOMER = '"customer_id":"00000000-0000-0000-0000-000000000007"'


@pytest.mark.parametrize("kind", RatedKind)
@pytest.mark.parametrize(("remark", "told"), [(None, "null"), ("Quick", '"Quick"')])
def test_a_rating_is_told_with_its_satisfaction(kind: RatedKind, remark: str | None, told: str) -> None:
    rating = Rating.give(
        customer_id=MS_CHEN, subject_kind=kind, subject_id=UUID(int=1), expectation=4, experience=2, remark=remark
    )

    assert published(rating) == {
        "Given": f'{{{CUSTOMER},"rating_id":"0275f567-d606-5cc4-8db0-9ca10d90e22a","subject_kind":"{kind}",'
        '"subject_id":"00000000-0000-0000-0000-000000000001",'
        f'"expectation":4,"experience":2,"satisfaction":-2,"remark":{told}}}'
    }

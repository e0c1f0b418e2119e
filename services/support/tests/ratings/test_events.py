"""Events of ratings in a month, which no page of support shows."""

from crm_events import support as events
from services.support.tests import story
from services.support.tests.world import World


def test_a_rating_says_what_was_remarked(a_month: World) -> None:
    assert a_month.fields(events.ServiceRated, "customer_id", "subject_id", "satisfaction", "remark") == {
        (story.MS_CHEN, story.SPARKS, 3, "Quick"),
        (story.MR_WU, story.RUDE, -3, None),
    }

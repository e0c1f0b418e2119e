"""Memberships: the facts that are stored."""

from datetime import datetime

from crm_loyalty.members.membership import member_id
from crm_loyalty.vocabulary import Level
from services.loyalty.tests.counter import Counter
from services.loyalty.tests.world import (
    ANNA,
    MR_WU,
    MS_CHEN,
    shown,
)


def moment(text: str) -> datetime:
    """Read a moment as it is shown."""
    return datetime.fromisoformat(text)


def test_a_membership_is_kept_with_its_level_and_the_version_of_the_day_it_began(world: Counter) -> None:
    kept = [fact for customer_id in (MS_CHEN, MR_WU, ANNA) for fact in world.stored(member_id(customer_id))]

    assert kept == [
        ("Enrolled", {"customer_id": id, "level": level, "programme_version": version, "enrolled_at": moment(at)})
        for id, level, version, at in (
            (MS_CHEN, Level.GOLD, 1, shown("02-01")),
            (MR_WU, Level.ORDINARY, 2, shown("02-12")),
            (ANNA, Level.SILVER, 2, shown("02-09", "16:00:00")),
        )
    ]

"""Members as the counters look them up."""

from uuid import UUID

from crm_chassis.testing import NOON, database, received
from crm_events.loyalty import MemberEnrolled
from crm_loyalty.members.read_models import members

MS_CHEN, MR_WU, MEMBER = UUID(int=7), UUID(int=8), UUID(int=70)
ENROLLED = MemberEnrolled(customer_id=MS_CHEN, member_id=MEMBER, level="silver", programme_version=1)


def test_a_member_is_found_by_customer_and_by_id() -> None:
    with database(*members.READ_MODEL.tables) as db:
        members.READ_MODEL.project([received(ENROLLED, time=NOON, subject=MEMBER, sequence=1)], db)

        member = members.of_customer(db, MS_CHEN)

        assert member is not None
        assert (member.level, member.enrolled_at, member.enrolled_in) == ("silver", NOON, "tianhe")
        assert members.one(db, MEMBER) == member
        assert members.of_customer(db, MR_WU) is None

"""Public events of members, as they go on the wire."""

from uuid import UUID

from crm_eventlog.aggregate import Aggregate
from crm_loyalty.members.membership import Membership
from crm_loyalty.members.publishing import publish

MS_CHEN = UUID(int=7)
MEMBER = '{"customer_id":"00000000-0000-0000-0000-000000000007","member_id":"9a38a5a7-7fea-56d8-9437-002341204966"'


def published(aggregate: Aggregate) -> list[str]:
    """Return the public events of everything that was decided."""
    events = [publish(fact, MS_CHEN) for fact in aggregate.pending_events]
    return [event.model_dump_json() for event in events if event]


def test_a_member_is_told_with_their_level(a_member: Membership) -> None:
    assert published(a_member) == [f'{MEMBER},"level":"ordinary","programme_version":1}}']

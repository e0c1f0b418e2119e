"""The touch aggregate."""

from uuid import UUID

import pytest

from crm_contacts.touches.touch import Touch
from crm_contacts.vocabulary import Direction
from crm_kernel import Channel


@pytest.mark.parametrize("channel", Channel)
@pytest.mark.parametrize("direction", Direction)
def test_a_touch_is_recorded_whatever_the_channel_and_whoever_sought_whom(
    channel: Channel, direction: Direction
) -> None:
    touch = Touch(
        touch_id=UUID(int=1),
        customer_id=UUID(int=7),
        channel=channel,
        place="tianhe",
        direction=direction,
        subject="A price",
        learned=None,
    )

    (recorded,) = touch.pending_events
    assert (recorded.channel, recorded.direction, recorded.place) == (channel, direction, "tianhe")


def test_a_touch_belongs_to_the_customer_s_history(a_touch: Touch) -> None:
    assert a_touch.partition_key == a_touch.customer_id


def test_a_replayed_touch_equals_the_live_one(a_touch: Touch) -> None:
    (recorded,) = a_touch.collect_events()

    assert recorded.mutate(None) == a_touch

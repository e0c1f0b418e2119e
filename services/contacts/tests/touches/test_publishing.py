"""Public events of touches as they go on the wire."""

from crm_contacts.touches.touch import Touch
from services.contacts.tests.published import CUSTOMER, published


def test_a_touch_is_told_with_what_was_learned(a_touch: Touch) -> None:
    assert published(a_touch) == {
        "Touch.Recorded": f'{{{CUSTOMER},"touch_id":"00000000-0000-0000-0000-000000000001","channel":"call_centre",'
        '"place":"hotline","direction":"in","subject":"Asked for the price of a phone",'
        '"learned":"Wants a large screen"}'
    }

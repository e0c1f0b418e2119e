"""Touches over HTTP."""

import pytest

from crm_chassis.testing import Client
from services.contacts.tests.requests import MS_CHEN, NOBODY, TOUCH, asked, refused, shown


@pytest.mark.feature("C47")
@pytest.mark.parametrize("channel", ["store", "web", "call_centre", "service_centre", "mail", "vip_club", "field"])
def test_a_touch_at_any_contact_point_is_on_the_card(with_chen: Client, channel: str) -> None:
    asked(with_chen, "record-touch", {**TOUCH, "channel": channel})

    touch = shown(with_chen, f"/customers/{MS_CHEN}")["last_touch"]

    assert (touch["channel"], touch["place"], touch["direction"]) == (channel, "hotline", "in")
    assert (touch["subject"], touch["learned"], touch["by"]) == (TOUCH["subject"], TOUCH["learned"], "lin.mei")


def test_a_touch_is_recorded_once(with_chen: Client) -> None:
    touch = {**TOUCH, "touch_id": NOBODY}
    asked(with_chen, "record-touch", touch)

    assert refused(with_chen, "record-touch", touch) == (409, "touch-already-recorded", "touch_id")

"""The card of a customer, on both databases alike."""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, delete

from crm_chassis.testing import NOON, received
from crm_contacts.customers.read_models import customer_card
from crm_eventlog.envelope import CloudEvent
from crm_events.contacts import (
    ConsentGiven,
    ConsentWithdrawn,
    CustomerKind,
    CustomerRegistered,
    CustomerTouched,
    DetailsCorrected,
    Direction,
    ImportanceListed,
    ImportanceListing,
)
from crm_events.event import CustomerEvent
from crm_events.values import Channel, ConsentChannel, Language

MS_CHEN, MR_WU = UUID(int=7), UUID(int=8)
MOVED = {"country": "CN", "region": "广东", "city": "深圳", "street": "", "postcode": ""}


def at(hours: int, event: CustomerEvent, **changes: Any) -> CloudEvent:
    """Return this event as heard so many hours after noon."""
    return received(event, time=NOON + timedelta(hours=hours), **{"sequence": hours + 1, **changes})


def touched(hours: int, subject: str, *, stream: int, learned: str | None = None) -> CloudEvent:
    """Return a touch of Ms Chen so many hours after noon."""
    event = CustomerTouched(
        customer_id=MS_CHEN,
        touch_id=UUID(int=stream),
        channel=Channel.MAIL,
        place="direct mail",
        direction=Direction.OUT,
        subject=subject,
        learned=learned,
    )
    return at(hours, event, subject=UUID(int=stream), sequence=1)


def registered(customer_id: UUID, name: str) -> CloudEvent:
    return at(
        0,
        CustomerRegistered(
            customer_id=customer_id,
            kind=CustomerKind.PERSON,
            name=name,
            form_of_address="女士",
            phones=("+8613800138000",),
            language=Language.ZH,
            birthday=date(1990, 5, 17),
        ),
    )


def corrected(hours: int, **after: Any) -> CloudEvent:
    event = DetailsCorrected(customer_id=MS_CHEN, before=dict.fromkeys(after), after=after, reason="Moved")
    return at(hours, event, sequence=2)


def allowed(hours: int, channel: ConsentChannel) -> CloudEvent:
    text = "我同意接收邮件。"
    event = ConsentGiven(customer_id=MS_CHEN, channel=channel, text_shown=text, language=Language.ZH)
    return at(hours, event, subject=UUID(int=70))


def withdrawn(hours: int, channel: ConsentChannel) -> CloudEvent:
    event = ConsentWithdrawn(customer_id=MS_CHEN, channel=channel, reason="Too many messages")
    return at(hours, event, subject=UUID(int=70))


LISTED = at(
    4,
    ImportanceListed(
        customer_id=MS_CHEN,
        listing=ImportanceListing.RED,
        before=ImportanceListing.GENERAL,
        reason="Buys for a school",
    ),
    sequence=3,
)
STORY = (
    registered(MS_CHEN, "陈丽"),
    registered(MR_WU, "吴刚"),
    touched(2, "Read about a phone", stream=21),
    corrected(3, addresses=[MOVED], birthday=None),
    allowed(3, ConsentChannel.EMAIL),
    allowed(3, ConsentChannel.SMS),
    LISTED,
    withdrawn(5, ConsentChannel.SMS),
    touched(6, "Asked for the price", stream=22),
    touched(1, "Got a letter at the fair", stream=20, learned="Wants a large screen"),
)


def shown(db: Connection, batches: Sequence[Sequence[CloudEvent]], customer_id: UUID = MS_CHEN) -> dict[str, Any]:
    """Return the card after these batches, in an empty table."""
    db.execute(delete(customer_card.customer_card))
    for batch in batches:
        customer_card.project(batch, db)
    row = customer_card.of_customer(db, customer_id)
    assert row is not None
    return dict(row._mapping)


def test_a_card_shows_who_the_customer_is_as_registered(tables: Connection) -> None:
    card = shown(tables, [STORY[:1]])

    assert (card["name"], card["form_of_address"], card["language"]) == ("陈丽", "女士", "zh")
    assert (card["phones"], card["emails"], card["birthday"]) == (["+8613800138000"], [], date(1990, 5, 17))
    assert (card["importance"], card["consents"], card["touches"]) == ("general", {}, 0)
    assert (card["registered_at"], card["version"]) == (NOON, 1)


def test_a_card_shows_corrected_details_and_keeps_the_others(tables: Connection) -> None:
    card = shown(tables, [STORY])

    assert (card["addresses"], card["birthday"]) == ([MOVED], None)
    assert (card["name"], card["phones"]) == ("陈丽", ["+8613800138000"])


def test_a_card_shows_the_list_the_customer_stands_on_and_why(tables: Connection) -> None:
    card = shown(tables, [STORY])

    assert (card["importance"], card["importance_reason"], card["version"]) == ("red", "Buys for a school", 3)


def test_a_card_shows_for_each_channel_whether_there_is_consent_and_to_which_text(tables: Connection) -> None:
    consents = shown(tables, [STORY])["consents"]

    assert consents.keys() == {"email", "sms"}
    assert (consents["email"]["given"], consents["email"]["text_shown"]) == (True, "我同意接收邮件。")
    assert (consents["sms"]["given"], consents["sms"]["reason"]) == (False, "Too many messages")
    assert "text_shown" not in consents["sms"]


def test_the_first_contact_keeps_its_origin_and_what_was_learned_however_late_it_is_reported(
    tables: Connection,
) -> None:
    card = shown(tables, [STORY])

    assert (
        card["first_touch"].items()
        >= {
            "channel": "mail",
            "place": "direct mail",
            "subject": "Got a letter at the fair",
            "learned": "Wants a large screen",
            "by": "lin.mei",
        }.items()
    )
    assert (card["last_touch"]["subject"], card["touches"]) == ("Asked for the price", 3)


def test_what_concerns_one_customer_leaves_the_other_card_alone(tables: Connection) -> None:
    assert shown(tables, [STORY], MR_WU) == shown(tables, [STORY[1:2]], MR_WU)


@pytest.mark.parametrize("seed", range(10))
def test_a_card_is_the_same_however_the_batches_are_cut(tables: Connection, seed: int) -> None:
    cuts = sorted(random.Random(seed).sample(range(1, len(STORY)), 3))

    batches = [STORY[start:end] for start, end in pairwise([0, *cuts, len(STORY)])]

    assert shown(tables, batches) == shown(tables, [STORY])


def test_a_field_corrected_by_younger_code_passes_by(tables: Connection) -> None:
    card = shown(tables, [STORY[:1], [corrected(1, name="陈莉", star_sign="Taurus")]])

    assert card["name"] == "陈莉"


def test_cards_are_shown_in_the_order_that_was_asked_for(tables: Connection) -> None:
    shown(tables, [STORY])

    cards = customer_card.of_customers(tables, [MR_WU, UUID(int=404), MS_CHEN])

    assert [card.name for card in cards] == ["吴刚", "陈丽"]

"""Messages as people see them, on both databases."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from crm_chassis.testing import NOON
from crm_events import marketing
from crm_events.values import ConsentChannel
from crm_marketing.messages.read_models import messages_of_campaign
from services.marketing.tests.events import CAMPAIGN, COMPLAINT, about, at, in_campaign, tell


def message(db: Connection, number: int) -> Any:
    (row,) = messages_of_campaign.of_customer(db, UUID(int=number), limit=2)
    return row


def test_a_message_is_shown_as_far_as_it_has_come(db: Connection) -> None:
    requested = marketing.MessageRequested(**about(7), channel=ConsentChannel.EMAIL)
    handed_over = marketing.MessageHandedOver(**about(7), send_id=UUID(int=107))
    accepted = marketing.MessageAccepted(**about(7), provider_reference="250 queued")
    answered = marketing.MessageAnswered(**about(7), answer="有现货吗？")
    tell(db, at(0, requested), at(1, handed_over), at(2, accepted), at(3, answered))

    row = message(db, 7)

    assert (row.state, row.outcome, row.provider_reference, row.answer) == (
        "answered", "accepted", "250 queued", "有现货吗？",
    )  # fmt: skip
    assert (row.requested_at, row.handed_over_at) == (NOON, NOON + timedelta(hours=1))


def test_an_unknown_outcome_that_is_cleared_up_is_no_longer_unknown(db: Connection) -> None:
    tell(db, at(0, marketing.MessageRequested(**about(7), channel=ConsentChannel.EMAIL)))
    tell(db, at(1, marketing.MessageOutcomeUnknown(**about(7), reason="the connection broke")))
    tell(db, at(2, marketing.MessageAccepted(**about(7))))

    row, counted = message(db, 7), messages_of_campaign.counts(db, CAMPAIGN)

    assert (row.outcome, row.reason) == ("accepted", None)
    assert (counted["unknown"], counted["accepted"]) == (0, 1)


def test_a_campaigns_messages_are_counted_and_those_left_out_by_reason(db: Connection) -> None:
    tell(db, *(at(0, marketing.MessageRequested(**about(n), channel=ConsentChannel.EMAIL)) for n in range(1, 6)))
    tell(db, *(at(1, marketing.MessageHandedOver(**about(n), send_id=UUID(int=100 + n))) for n in range(1, 5)))
    tell(db, at(2, marketing.MessageAccepted(**about(1))), at(2, marketing.MessageAccepted(**about(2))))
    tell(
        db,
        at(2, marketing.MessageBounced(**about(3), reason="550")),
        at(3, marketing.MessageAnswered(**about(1), answer="?")),
    )
    tell(db, at(2, marketing.MessageOutcomeUnknown(**about(4), reason="the connection broke")))
    left_out = {5: "open_complaint", 8: "no_consent", 9: "no_consent"}
    for number, reason in left_out.items():
        event = marketing.CustomerLeftOut(**in_campaign(number), reason=reason)
        tell(db, at(4, event, subject=UUID(int=100 + number)))

    assert messages_of_campaign.counts(db, CAMPAIGN) == {
        "requested": 5, "handed_over": 4, "accepted": 2, "bounced": 1, "unknown": 1, "answered": 1,
    }  # fmt: skip
    assert messages_of_campaign.left_out(db, CAMPAIGN) == {"no_consent": 2, "open_complaint": 1}


def test_a_customer_left_out_shows_the_reason_and_the_case(db: Connection) -> None:
    event = marketing.CustomerLeftOut(
        **in_campaign(7), reason=marketing.LeftOutReason.OPEN_COMPLAINT, case_id=COMPLAINT
    )
    tell(db, at(0, event, subject=UUID(int=107)))

    row = message(db, 7)

    assert (row.message_id, row.state, row.reason, row.case_id) == (
        UUID(int=107), "left_out", "open_complaint", COMPLAINT,
    )  # fmt: skip


def test_messages_are_found_by_state_and_pages_go_on(db: Connection) -> None:
    tell(db, *(at(0, marketing.MessageRequested(**about(n), channel=ConsentChannel.EMAIL)) for n in range(1, 4)))
    tell(db, at(1, marketing.MessageHandedOver(**about(2), send_id=UUID(int=102))))

    (first,) = messages_of_campaign.of_campaign(db, CAMPAIGN, limit=1)
    rest = messages_of_campaign.of_campaign(db, CAMPAIGN, after=(first.message_id,), limit=5)
    requested = messages_of_campaign.of_campaign(db, CAMPAIGN, "requested", limit=5)

    assert [row.customer_id.int for row in (first, *rest)] == [1, 2, 3]
    assert [row.customer_id.int for row in requested] == [1, 3]

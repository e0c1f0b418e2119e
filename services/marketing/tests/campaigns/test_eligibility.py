"""Eligibility of customers for a message."""

from datetime import timedelta
from itertools import product
from uuid import UUID

import pytest

from crm_chassis.testing import NOON
from crm_marketing.campaigns.eligibility import SENDING, Recipient
from crm_marketing.vocabulary import Exclusion, ImportanceListing, LeftOutReason

COMPLAINT = UUID(int=2)
WELCOME = {
    "address": "chen@example.com",
    "consented": True,
    "importance": ImportanceListing.GENERAL,
    "open_complaint": None,
}


def judged(**known: object) -> Exclusion | None:
    return SENDING.judge(Recipient(customer_id=UUID(int=7), **{**WELCOME, **known}))


@pytest.mark.parametrize("importance", [ImportanceListing.GENERAL, ImportanceListing.RED])
def test_a_customer_with_consent_and_an_address_is_written_to(importance: ImportanceListing) -> None:
    assert judged(importance=importance) is None


@pytest.mark.parametrize(
    ("known", "exclusion"),
    [
        ({"open_complaint": COMPLAINT}, Exclusion(LeftOutReason.OPEN_COMPLAINT, COMPLAINT)),
        ({"consented": False}, Exclusion(LeftOutReason.NO_CONSENT)),
        ({"importance": ImportanceListing.BLACK}, Exclusion(LeftOutReason.BLACK_LISTED)),
        ({"address": None}, Exclusion(LeftOutReason.NO_ADDRESS)),
        ({"address": ""}, Exclusion(LeftOutReason.NO_ADDRESS)),
        ({"consented": False, "open_complaint": COMPLAINT}, Exclusion(LeftOutReason.OPEN_COMPLAINT, COMPLAINT)),
        ({"consented": False, "address": None}, Exclusion(LeftOutReason.NO_CONSENT)),
    ],
)
def test_the_first_reason_against_writing_is_the_one_that_is_named(
    known: dict[str, object], exclusion: Exclusion
) -> None:
    assert judged(**known) == exclusion


def test_nobody_is_written_to_against_any_reason() -> None:
    against = {
        "open_complaint": (None, COMPLAINT),
        "consented": (True, False),
        "importance": (ImportanceListing.GENERAL, ImportanceListing.BLACK),
        "address": ("chen@example.com", None),
    }
    customers = [dict(zip(against, values, strict=True)) for values in product(*against.values())]

    written_to = [customer for customer in customers if judged(**customer) is None]

    assert written_to == [{name: values[0] for name, values in against.items()}]


@pytest.mark.parametrize(("waited", "too_late"), [(timedelta(hours=48), False), (timedelta(hours=48, seconds=1), True)])
def test_a_request_waits_two_days_at_most(waited: timedelta, too_late: bool) -> None:
    assert SENDING.gives_up(NOON, NOON + waited) == too_late

"""The state of an aggregate at a moment: both clocks select its facts."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from crm_eventlog.audit import StateAsOf, as_of
from shared.eventlog.tests.support.notes import NOON, CloseNote, EditNote, Notes, WriteNote, context

CHEN = UUID(int=7)
HOUR = timedelta(hours=1)


@pytest.fixture
def late_edit(notes: Notes) -> tuple[Notes, UUID]:
    """Create a note written at noon, edited at one, closed at three. The edit was reported at five, the end at six."""
    done = notes.execute(WriteNote(customer_id=CHEN, text="asks"), context("w", recorded_at=NOON))
    late = context("e", occurred_at=NOON + HOUR, recorded_at=NOON + 5 * HOUR)
    edited = EditNote(note_id=done.id, text="asks again")
    notes.execute(edited, late)
    closing = context("c", occurred_at=NOON + 3 * HOUR, recorded_at=NOON + 6 * HOUR)
    notes.execute(CloseNote(note_id=done.id), closing)
    return notes, done.id


def stood(late_edit: tuple[Notes, UUID], at: datetime | None, known: datetime | None) -> StateAsOf:
    notes, id = late_edit
    return as_of(notes.store, notes.mapper, id, happened_by=at, known_by=known)


@pytest.mark.parametrize(
    ("at", "known", "text", "closed", "later"),
    [
        (None, None, "asks again", True, 0),
        (NOON + 2 * HOUR, None, "asks again", False, 1),
        (NOON, None, "asks", False, 2),
        (None, NOON + 4 * HOUR, "asks", False, 2),
        (NOON + 2 * HOUR, NOON + 5 * HOUR, "asks again", False, 1),
        (NOON + 4 * HOUR, NOON + 5 * HOUR, "asks again", False, 1),
    ],
)
def test_an_aggregate_is_made_of_what_had_happened_and_was_known(
    late_edit: tuple[Notes, UUID], at: datetime, known: datetime, text: str, closed: bool, later: int
) -> None:
    found = stood(late_edit, at, known)

    assert found.fields == {"closed": closed, "customer_id": str(CHEN), "text": text}
    assert (len(found.facts), found.later) == (3 - later, later)


def test_before_its_first_fact_an_aggregate_did_not_exist(late_edit: tuple[Notes, UUID]) -> None:
    found = stood(late_edit, NOON - HOUR, None)

    assert (found.aggregate, found.fields, found.later) == (None, {}, 3)


def test_a_fact_left_out_between_two_others_is_no_gap(late_edit: tuple[Notes, UUID]) -> None:
    notes, _id = late_edit
    early = context("e2", occurred_at=NOON + HOUR / 2, recorded_at=NOON + 7 * HOUR)
    other = notes.execute(WriteNote(customer_id=CHEN, text="asks"), context("w2", recorded_at=NOON))
    afternoon = context("e3", occurred_at=NOON + 4 * HOUR, recorded_at=NOON + 4 * HOUR)
    notes.execute(EditNote(note_id=other.id, text="in the afternoon"), afternoon)
    notes.execute(EditNote(note_id=other.id, text="reported late"), early)

    found = stood((notes, other.id), NOON + HOUR, None)

    assert [fact.originator_version for fact in found.facts] == [1, 3]
    assert found.fields["text"] == "reported late"

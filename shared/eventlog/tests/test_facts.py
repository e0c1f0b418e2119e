"""Serialisation of facts, and reading them by newer code."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import msgspec
import pytest
from eventsourcing.persistence import StoredEvent

from crm_eventlog.aggregate import Aggregate, event
from crm_eventlog.facts import FactMapper, FactUnknown, fields_of

LETTER, CHEN = UUID(int=1), UUID(int=7)


class Letter(Aggregate):
    """A letter whose notes name their author since their second version."""

    class Written(Aggregate.Created):
        letter_id: UUID
        customer_id: UUID

    class Annotated(Aggregate.Event):
        """A note was added."""

        note: str
        by: str
        class_version = 2

        @staticmethod
        def upcast_v1_v2(state: dict[str, Any]) -> None:
            state["by"] = "unknown"

    @staticmethod
    def create_id(letter_id: UUID) -> UUID:
        return letter_id

    @event(Written)
    def __init__(self, letter_id: UUID, customer_id: UUID) -> None:
        self.notes: list[tuple[str, str]] = []

    @event(Annotated)
    def _annotated(self, note: str, by: str) -> None:
        self.notes.append((note, by))

    def annotate(self, note: str, *, by: str) -> None:
        self._annotated(note=note, by=by)


def a_letter() -> Letter:
    letter = Letter(letter_id=LETTER, customer_id=CHEN)
    letter.annotate("She calls daily.", by="lin.mei")
    return letter


def replayed(*stored: StoredEvent) -> Letter:
    letter = None
    for each in stored:
        letter = FactMapper([Letter]).to_domain_event(each).mutate(letter)  # type: ignore[attr-defined]
    assert isinstance(letter, Letter)
    return letter


def test_a_fact_with_a_class_of_its_own_keeps_every_field() -> None:
    letter = a_letter()
    written, annotated = (FactMapper([Letter]).to_stored_event(fact) for fact in letter.pending_events)

    again = replayed(written, annotated)

    assert annotated.topic == "Letter.Annotated.v2"
    assert again.notes == letter.notes == [("She calls daily.", "lin.mei")]


def test_an_older_version_of_a_fact_is_mended_before_it_is_read() -> None:
    written, _ = (FactMapper([Letter]).to_stored_event(fact) for fact in a_letter().pending_events)
    of_last_year = StoredEvent(LETTER, 2, "Letter.Annotated", b'{"note":"She calls daily."}')

    again = replayed(written, of_last_year)

    assert again.notes == [("She calls daily.", "unknown")]


class Parcel(Aggregate):
    """A parcel whose weighing has had three versions."""

    class Weighed(Aggregate.Event):
        """The parcel was weighed."""

        grams: int
        where: str
        on: date
        class_version = 3

        @staticmethod
        def upcast_v1_v2(state: dict[str, Any]) -> None:
            state["grams"] = 1_000 * state.pop("kilos")
            state["where"] = "depot"

        @staticmethod
        def upcast_v2_v3(state: dict[str, Any]) -> None:
            state["where"] += "!"
            state["on"] = "2026-11-02"


@pytest.mark.parametrize(
    ("topic", "state", "where"),
    [
        ("Parcel.Weighed", b'{"kilos":2}', "depot!"),
        ("Parcel.Weighed.v2", b'{"grams":2000,"where":"shop"}', "shop!"),
        ("Parcel.Weighed.v3", b'{"grams":2000,"where":"shop","on":"2026-11-02"}', "shop"),
    ],
)
def test_every_version_is_mended_step_by_step_and_the_newest_is_read_as_it_is(
    topic: str, state: bytes, where: str
) -> None:
    read = FactMapper([Letter, Parcel]).to_domain_event(StoredEvent(LETTER, 2, topic, state))

    assert type(read) is Parcel.Weighed
    assert vars(read) == {
        "originator_id": LETTER,
        "originator_version": 2,
        "timestamp": datetime(1970, 1, 1, tzinfo=UTC),
        "grams": 2_000,
        "where": where,
        "on": date(2026, 11, 2),
    }


@pytest.mark.parametrize("topic", ["Parcel.Lost", "Parcel.Weighed.v4", "Weighed", "Parcel"])
def test_what_is_not_on_the_list_or_newer_than_this_code_is_refused_by_name(topic: str) -> None:
    with pytest.raises(FactUnknown, match=rf"^{topic} in stream {CHEN}$"):
        FactMapper([Letter, Parcel]).to_domain_event(StoredEvent(CHEN, 2, topic, b"{}"))


def test_a_fact_is_written_as_what_it_says_and_nothing_of_its_envelope() -> None:
    written, annotated = (FactMapper([Letter]).to_stored_event(fact) for fact in a_letter().pending_events)

    state = f'{{"letter_id":"{LETTER}","customer_id":"{CHEN}"}}'.encode()
    assert written == StoredEvent(LETTER, 1, "Letter.Written", state)
    assert annotated == StoredEvent(LETTER, 2, "Letter.Annotated.v2", b'{"note":"She calls daily.","by":"lin.mei"}')


def test_the_list_of_facts_is_that_of_the_aggregates_own_classes() -> None:
    assert FactMapper([Letter, Parcel]).classes == {
        "Letter.Created": Letter.Created,
        "Parcel.Created": Parcel.Created,
        "Letter.Written": Letter.Written,  # type: ignore[attr-defined]
        "Letter.Annotated": Letter.Annotated,
        "Parcel.Weighed": Parcel.Weighed,
    }
    assert fields_of(Parcel.Weighed) == {"grams": int, "where": str, "on": date}
    assert fields_of(Letter.Written) == {"letter_id": UUID, "customer_id": UUID}  # type: ignore[attr-defined]


def test_a_fact_that_does_not_fit_its_shape_is_not_read() -> None:
    for state in (b'{"grams":"heavy","where":"shop","on":"2026-11-02"}', b'{"grams":1}'):
        with pytest.raises(msgspec.ValidationError):
            FactMapper([Parcel]).to_domain_event(StoredEvent(LETTER, 2, "Parcel.Weighed.v3", state))


class Envelope(Aggregate):
    """An envelope whose fact names its types in quotation marks, as a class does that stands further down."""

    class Sealed(Aggregate.Created):
        envelope_id: "UUID"
        sealed_on: "date"

    @event(Sealed)
    def __init__(self, envelope_id: "UUID", sealed_on: "date") -> None:
        self.sealed_on = sealed_on


def test_a_type_in_quotation_marks_is_the_type_it_names() -> None:
    mapper = FactMapper([Envelope])
    stored = mapper.to_stored_event(Envelope(LETTER, date(2026, 3, 1)).collect_events()[0])

    read = mapper.to_domain_event(stored)

    assert fields_of(Envelope.Sealed) == {"envelope_id": UUID, "sealed_on": date}
    assert (read.envelope_id, read.sealed_on) == (LETTER, date(2026, 3, 1))  # type: ignore[attr-defined]

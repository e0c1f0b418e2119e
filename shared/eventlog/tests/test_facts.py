"""How a fact is written and read again, also by younger code than that which wrote it."""

from typing import Any
from uuid import UUID

from eventsourcing.persistence import StoredEvent

from crm_eventlog.aggregate import Aggregate, event
from crm_eventlog.facts import FactMapper

LETTER, CHEN = UUID(int=1), UUID(int=7)


class Letter(Aggregate):
    """A letter whose notes say since their second version who wrote them."""

    class Annotated(Aggregate.Event):
        """Somebody wrote something down about it."""

        note: str
        by: str
        class_version = 2

        @staticmethod
        def upcast_v1_v2(state: dict[str, Any]) -> None:
            state["by"] = "unknown"

    @staticmethod
    def create_id(letter_id: UUID) -> UUID:
        return letter_id

    @event("Written")
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

"""The services of the simulation: notes about customers, and replies to them; some texts are poison at first."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Column, Connection, Integer, MetaData, Table, Text, Uuid, text

from crm_eventlog.envelope import CloudEvent, Parse
from crm_eventlog.projection import ReadModel
from crm_eventlog.reactions import Policy
from shared.eventlog.tests.support.notes import NoteWritten, WriteNote, parse

NOTES, REPLIES = "notes", "replies"
TOPICS = {name: f"crm.{name}.v1" for name in (NOTES, REPLIES)}
UNSHOWABLE, UNREADABLE, UNANSWERABLE = "cannot be shown", "cannot be read", "cannot be answered"
_tables = MetaData()

# What each publisher said about a customer, in the order in which it was folded: naive on purpose.
stories = Table(
    "stories",
    _tables,
    Column("customer_id", Uuid, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("story", Text, nullable=False),
)
# How often each event was folded.
folds = Table("folds", _tables, Column("event_id", Uuid, primary_key=True), Column("times", Integer, nullable=False))
# As text, because SQLAlchemy would compile ON CONFLICT anew for every batch.
_TELL = text("""
INSERT INTO stories VALUES (:customer_id, :source, :story)
ON CONFLICT (customer_id, source) DO UPDATE SET story = story || ' ' || excluded.story
""")
_COUNT = text("INSERT INTO folds VALUES (:event_id, 1) ON CONFLICT (event_id) DO UPDATE SET times = times + 1")


class NotMended(Exception):
    """The code cannot do this yet; once it is mended, it can."""


def read_models(mended: Callable[[], bool]) -> tuple[ReadModel, ...]:
    """Return the two read models; the first cannot show some events until the code is `mended`."""

    def tell(events: Sequence[CloudEvent], db: Connection) -> None:
        if not mended() and any(getattr(event.data, "text", "") == UNSHOWABLE for event in events):
            raise NotMended(UNSHOWABLE)
        rows = [{"customer_id": e.data.customer_id.hex, "source": e.source, "story": e.id.hex} for e in events]
        db.execute(_TELL, rows)

    def count(events: Sequence[CloudEvent], db: Connection) -> None:
        db.execute(_COUNT, [{"event_id": event.id.hex} for event in events])

    topics = frozenset(TOPICS.values())
    return ReadModel("stories", 1, (stories,), topics, tell), ReadModel("folds", 1, (folds,), topics, count)


def parse_until(mended: Callable[[], bool]) -> Parse:
    """Parse the topics' events; some stay unreadable until the code is `mended`."""

    def read(type_name: str, payload: bytes) -> object | None:
        if not mended() and UNREADABLE.encode() in payload:
            raise NotMended(UNREADABLE)
        return parse(type_name, payload)

    return read


def policies(mended: Callable[[], bool]) -> tuple[Policy, ...]:
    """Return the policy that answers every note by one reply."""

    def reply_to_the_customer(event: NoteWritten, _: datetime) -> WriteNote:
        """Whenever a note is written, write a reply."""
        if not mended() and event.text == UNANSWERABLE:
            raise NotMended(UNANSWERABLE)
        return WriteNote(customer_id=event.customer_id, text=f"reply to {event.note_id}")

    return (Policy(NoteWritten, reply_to_the_customer),)

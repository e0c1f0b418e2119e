"""Parked records, row by row: several readers, generations, topics and customers of a partition, equal bodies."""

from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from crm_eventlog.consumer import Parked, Queue, count_parked, drop, first_parked, list_parked, queues, redrive
from crm_eventlog.consumer.checkpoint import CheckpointConflict, Reader, create_missing_checkpoints
from crm_eventlog.consumer.parking import (
    ParkedRecord,
    count_of,
    hold,
    key_of,
    note_error,
    park,
    printable,
    release,
    still_first,
    waiting_keys,
)
from crm_eventlog.log import LogRecord
from crm_eventlog.tables import checkpoints, dropped, parked
from shared.eventlog.tests.support.notes import NOON, parse
from shared.eventlog.tests.support.poison import cured, folded, parked_offsets, projector_of, reader_of, unread
from shared.eventlog.tests.support.records import ids, record

HOUR = timedelta(hours=1)
CARDS, NEWER, LISTS = Reader("cards", 1), Reader("cards", 2), Reader("lists", 1)
READERS = (CARDS, NEWER, LISTS)
HEADERS = (("ce_id", b"1"), ("strange", b"\xff\x00"), ("none", None))


def one(offset: int, key: str = "chen", *, topic: str = "a", partition: int = 0, headers: Any = HEADERS) -> LogRecord:
    """Return a record with the same body as every other."""
    appended = NOON - offset * HOUR
    return LogRecord(topic, partition, offset, key.encode(), b"body", (*headers, ("n", b"%d" % offset)), appended)


def again(of: LogRecord, offset: int) -> LogRecord:
    """Return the same bytes under another offset."""
    return of._replace(offset=offset)


@pytest.fixture
def waiting(engine: Engine) -> Engine:
    """Park records of `chen` and `wu` for each reader, and a redelivered one of `chen` for each."""
    with engine.begin() as db:
        for reader in READERS:
            create_missing_checkpoints(db, reader, ["a", "b"], 2, NOON)
            first = [one(7, topic="b"), one(4), one(3, "wu"), one(5, partition=1)]
            park(
                db,
                [ParkedRecord(reader, each, each.offset + 10, f"{reader.name}: {each.offset}") for each in first],
                NOON,
            )
            park(
                db, [ParkedRecord(reader, each, 0, None) for each in (one(2, topic="b"), again(one(4), 9))], NOON + HOUR
            )
    return engine


def places(found: list[Parked]) -> list[tuple[Any, ...]]:
    return [(*p.reader, p.key, p.record.topic, p.record.partition, p.record.offset) for p in found]


def chen(reader: Reader) -> list[tuple[Any, ...]]:
    """Return records in the order of parking, and within that by their place."""
    in_order = [("a", 0, 4), ("a", 1, 5), ("b", 0, 7), ("a", 0, 9), ("b", 0, 2)]
    return [(*reader, "chen", *place) for place in in_order]


def test_a_record_is_listed_as_it_came_with_its_reader_error_and_hour(waiting: Engine) -> None:
    with waiting.connect() as db:
        (first, *_) = first_parked(db, Queue(NEWER, 0, "chen"), 2)

    assert first == Parked(NEWER, one(4), "chen", "cards: 4", NOON)
    assert first.record.headers == one(4).headers


def test_what_waits_is_listed_by_reader_and_key_each_in_its_order(waiting: Engine) -> None:
    with waiting.connect() as db:
        everything = places(list_parked(db))
        of_lists, of_wu = places(list_parked(db, reader="lists")), places(list_parked(db, key="wu"))
        both, some = places(list_parked(db, reader="cards", key="wu")), places(list_parked(db, reader="lists", limit=2))

    wu = [(*reader, "wu", "a", 0, 3) for reader in READERS]
    assert [place for place in everything if place[0] == "lists"] == of_lists == [*chen(LISTS), wu[2]]
    assert sorted(everything[:12]) == sorted([*chen(CARDS), *chen(NEWER), *wu[:2]])
    assert [place[2] for place in everything[:12]] == ["chen"] * 10 + ["wu"] * 2
    assert (sorted(of_wu), sorted(both), some) == (wu, wu[:2], chen(LISTS)[:2])


def test_no_more_than_a_thousand_are_listed_unless_more_are_asked_for(engine: Engine) -> None:
    with engine.begin() as db:
        park(db, [ParkedRecord(CARDS, one(offset), 0, None) for offset in range(1_001)], NOON)

        assert [each.record.offset for each in list_parked(db)] == [*range(1_000)]
        assert len(list_parked(db, limit=2_000)) == 1_001


def test_the_queues_are_counted_by_reader_generation_partition_and_key(waiting: Engine) -> None:
    with waiting.connect() as db:
        found, of_one = queues(db), queues(db, reader="lists", key="chen")
        assert count_parked(db) == {"cards": (12, 2), "lists": (6, 2)}
        assert [count_of(db, reader) for reader in (*READERS, Reader("lists", 2))] == [6, 6, 6, 0]
        assert waiting_keys(db, [CARDS, Reader("none", 1)]) == {
            CARDS: {(0, "chen"), (0, "wu"), (1, "chen")},
            Reader("none", 1): frozenset(),
        }

    each = [(0, "chen", 4), (0, "wu", 1), (1, "chen", 1)]
    assert found == [Queue(reader, *queue) for reader in READERS for queue in each]
    assert of_one == [Queue(LISTS, 0, "chen", 4), Queue(LISTS, 1, "chen", 1)]


def test_the_first_of_a_queue_are_of_its_reader_its_partition_and_its_key(waiting: Engine) -> None:
    with waiting.connect() as db:
        alone, three = first_parked(db, Queue(NEWER, 0, "chen")), first_parked(db, Queue(NEWER, 0, "chen"), 3)
        here = places(first_parked(db, Queue(NEWER, 1, "chen"), 9))
        assert still_first(db, Queue(NEWER, 0, "chen"), three)
        assert not still_first(db, Queue(NEWER, 0, "chen"), three[1:])
        assert not still_first(db, Queue(NEWER, 0, "wu"), three)

    assert [place[3:] for place in places(three)] == [("a", 0, 4), ("b", 0, 7), ("a", 0, 9)]
    assert (alone, here) == (three[:1], [("cards", 2, "chen", "a", 1, 5)])


def test_an_error_is_noted_of_one_record_alone_and_cut_where_it_is_too_long(waiting: Engine) -> None:
    with waiting.begin() as db:
        before = {place: each.error for each in list_parked(db) for place in places([each])}
        note_error(db, first_parked(db, Queue(NEWER, 0, "chen"))[0], "é\x00" * 1_000)
        after = {place: each.error for each in list_parked(db) for place in places([each])}

    assert after == before | {("cards", 2, "chen", "a", 0, 4): ("é\\x00" * 1_000)[:2_000]}


def test_what_was_taken_in_leaves_with_what_was_sent_again_of_it_and_moves_its_own_position(waiting: Engine) -> None:
    with waiting.begin() as db:
        db.execute(update(checkpoints).values(pos=20))
        release(db, first_parked(db, Queue(NEWER, 0, "chen"))[0], 21)
        assert places(list_parked(db, reader="lists", key="chen")) == chen(LISTS)
        of_cards = places(list_parked(db, reader="cards"))
        moved = db.execute(select(checkpoints).where(checkpoints.c.pos != 20)).all()
        release(db, first_parked(db, Queue(LISTS, 0, "wu"))[0], 19)
        assert set(db.scalars(select(checkpoints.c.pos).where(checkpoints.c.reader == "lists"))) == {20}

    gone = [("cards", 2, "chen", "a", 0, 4), ("cards", 2, "chen", "a", 0, 9)]
    assert len(of_cards) == 10
    assert not set(gone) & set(of_cards)
    assert [tuple(row[:6]) for row in moved] == [("cards", 2, "a", 0, 0, 21)]


def test_only_what_is_the_same_to_the_last_byte_and_comes_later_was_sent_again(engine: Engine) -> None:
    first = one(4)
    others = [
        one(5),
        again(first, 3),
        again(first, 6)._replace(value=b"another"),
        again(first, 7)._replace(topic="b"),
        again(first, 8)._replace(partition=1),
        again(first, 9)._replace(key=b"wu"),
        again(first, 10)._replace(value=None),
    ]
    with engine.begin() as db:
        for reader in READERS:
            create_missing_checkpoints(db, reader, ["a", "b"], 2, NOON)
            copies = [again(first, 11), again(first, 12)._replace(appended_at=NOON)]
            park(db, [ParkedRecord(reader, each, 0, None) for each in (first, *others, *copies)], NOON)
        (chosen,) = [each for each in list_parked(db, reader="lists") if each.record == first]

        gone = drop(db, chosen, by="li.na", reason="a test", now=NOON + HOUR)

        left = sorted(each.record.offset for each in list_parked(db, reader="lists"))
        kept = [tuple(row) for row in db.execute(select(dropped).order_by(dropped.c.offset))]
        assert count_parked(db)["cards"][0] == 20
        with pytest.raises(CheckpointConflict, match="another process dropped or processed it"):
            drop(db, chosen, by="li.na", reason="a test", now=NOON)

    packed = b'[["ce_id","1"],["strange","\xc3\xbf\\u0000"],["none",null],["n","4"]]'
    row = ("chen", b"chen", b"body", packed, None, "li.na", "a test", NOON + HOUR)
    assert (gone, left) == (3, [3, 5, 6, 7, 8, 9, 10])
    assert kept == [("lists", 1, "a", 0, offset, *row) for offset in (4, 11, 12)]


def test_a_record_without_a_body_that_was_sent_again_leaves_with_it(engine: Engine) -> None:
    empty = one(4)._replace(value=None)
    with engine.begin() as db:
        create_missing_checkpoints(db, CARDS, ["a"], 1, NOON)
        park(db, [ParkedRecord(CARDS, each, 0, None) for each in (empty, again(empty, 5))], NOON)

        release(db, list_parked(db)[0], 0)

        assert list_parked(db) == []


def test_two_events_of_equal_body_are_two_and_both_are_taken_in(engine: Engine) -> None:
    equal = record(1)._replace(value=record(0).value)
    reader_of(engine, unread).process_batch([record(0), equal, again(record(0), 2)])
    folded.clear()

    redrive(reader_of(engine, parse))

    assert folded == [*ids(0), *ids(1)]
    assert parked_offsets(engine) == []


def test_a_record_is_never_noted_earlier_than_what_waits_of_its_reader(engine: Engine) -> None:
    with engine.begin() as db:
        park(db, [ParkedRecord(CARDS, one(1), 0, None)], NOON + HOUR)
        park(
            db,
            [
                ParkedRecord(CARDS, one(2), 0, None),
                ParkedRecord(LISTS, one(2), 0, None),
                ParkedRecord(NEWER, one(2), 0, None),
            ],
            NOON,
        )
        park(db, [ParkedRecord(CARDS, one(3), 0, None)], NOON + 2 * HOUR)
        columns = parked.c.reader, parked.c.generation, parked.c.offset, parked.c.parked_at
        found = {tuple(row[:3]): row[3] for row in db.execute(select(*columns))}

    assert found == {
        ("cards", 1, 1): NOON + HOUR,
        ("cards", 1, 2): NOON + HOUR,
        ("cards", 1, 3): NOON + 2 * HOUR,
        ("cards", 2, 2): NOON,
        ("lists", 1, 2): NOON,
    }


def test_a_reader_without_checkpoints_here_is_held_by_nobody(waiting: Engine) -> None:
    with waiting.begin() as db:
        hold(db, Queue(NEWER, 1, "chen"))
        for gone in (Queue(Reader("cards", 3), 0, "k"), Queue(Reader("none", 1), 0, "k"), Queue(CARDS, 2, "k")):
            name, generation = gone.reader
            with pytest.raises(CheckpointConflict, match=f"^generation {generation} of {name} is no longer served$"):
                hold(db, gone)


@pytest.mark.parametrize(
    ("raw", "key"),
    [
        (None, ""),
        (b"k" * 200, "k" * 200),
        (b"k" * 201, f"{'k' * 100}…{sha256(b'k' * 201).hexdigest()}"),
        (b"\xffk\x00", "\\xffk\\x00"),
        ("é".encode(), "é"),
    ],
)
def test_a_key_is_printed_whole_or_by_its_beginning_and_its_digest(raw: bytes | None, key: str) -> None:
    assert key_of(one(0)._replace(key=raw)) == key
    assert printable("a\udcffb") == "a\\udcffb"


def test_a_redrive_of_one_reader_or_one_key_leaves_the_others(engine: Engine) -> None:
    def of(key: bytes, offset: int) -> LogRecord:
        return record(offset, text="poison")._replace(key=key)

    projector_of(engine).process_batch([of(b"a", 0), of(b"b", 1), of(b"a", 2)])
    told: list[Any] = []

    assert redrive(projector_of(engine, cured), reader="another") == []
    (done,) = redrive(projector_of(engine, cured), key="b", on_redriven=told.append)

    assert told == [done]
    assert (done.reader, done.key, done.taken_in, done.error) == (Reader("all_notes", 1), "b", 1, None)
    assert parked_offsets(engine) == [0, 2]

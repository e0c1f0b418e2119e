"""Exports and reconciliation: what a service published, from its store, and whether the topic has exactly that."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from crm_eventlog.audit import (
    Discrepancy,
    EventPublisher,
    Export,
    ExportRequest,
    ReconciliationResult,
    Unpublishable,
    reconcile,
)
from crm_eventlog.envelope import STRUCTURED, from_record
from crm_eventlog.log import Log, MemoryLog, Outgoing
from crm_eventlog.ownership import open_ownership
from crm_eventlog.relay import Relay
from crm_eventlog.store import EventStore, partition_of
from crm_eventlog.tables import events, relay_checkpoints
from shared.eventlog.tests.support.notes import NOON, PARTITIONS, EditNote, Notes, WriteNote, context, parse, publish

CHEN, WANG = UUID(int=7), UUID(int=8)
PART = partition_of(CHEN, PARTITIONS)
Tell = Callable[[Log], Awaitable[Any]]


def write(notes: Notes, customer: UUID, text: str, **command_context: Any) -> None:
    command = WriteNote(customer_id=customer, text=text)
    done = notes.execute(command, context(f"{customer}-{text}", **command_context))
    # Editing stays private.
    notes.execute(EditNote(note_id=done.id, text="again"), context(f"edit {done.id}", **command_context))


@pytest.fixture
def translator(notes: Notes) -> EventPublisher:
    return EventPublisher("notes", notes.mapper, publish)


@pytest.fixture
def two_days(notes: Notes) -> Notes:
    """Let Ms Chen ask on two days, and Mr Wang on the second."""
    write(notes, CHEN, "first day", recorded_at=NOON)
    write(notes, CHEN, "second day", recorded_at=NOON + timedelta(days=1))
    write(notes, WANG, "second day", recorded_at=NOON + timedelta(days=1))
    return notes


def exported(
    store: EventStore, translator: EventPublisher, asked: ExportRequest
) -> tuple[list[dict[str, Any]], Export]:
    export = Export(store, translator, asked)
    looked_at: list[int] = []
    found = [json.loads(each.as_json()) for page in export.pages(looked_at.append) for each in page]
    assert sum(looked_at) == export.expected()
    return found, export


def test_an_export_has_every_public_event_with_its_place_in_the_chain_and_counts_the_private_ones(
    two_days: Notes, translator: EventPublisher
) -> None:
    found, export = exported(two_days.store, translator, ExportRequest())

    facts = {str(fact.event_id): fact for part in range(PARTITIONS) for fact in two_days.store.read(part, 0, 100)}
    assert len(found) == 3
    for each in found:
        fact = facts[each["id"]]
        assert (each["position"], each["hash"]) == (f"{fact.part}:{fact.pos}", fact.hash.hex())
        assert each["prevhash"] == fact.prev_hash.hex()
    assert sum(tally.private for tally in export.tallies) == 3
    for tally in export.tallies:
        n, head = two_days.store.heads()[tally.part]
        assert tally.summary()["last"] == ({"pos": n, "hash": head.hex()} if n else None)
        assert (tally.facts, tally.stored) == (n, n)


def test_an_exported_line_is_the_event_that_the_topic_carries(two_days: Notes, translator: EventPublisher) -> None:
    (line,) = list(exported(two_days.store, translator, ExportRequest(WANG))[0])
    fact = two_days.store.read(partition_of(WANG, PARTITIONS), 0, 100)
    record = next(
        record for each in fact if (record := translator.verified_record_of(each)) and each.partition_key == WANG
    )

    read = from_record([("content-type", STRUCTURED)], json.dumps(line).encode(), parse)

    assert read == from_record(record.headers, record.value, parse)


@pytest.mark.parametrize(
    ("asked", "texts"),
    [
        (ExportRequest(CHEN), ["first day", "second day"]),
        (ExportRequest(CHEN, recorded_from=NOON + timedelta(days=1)), ["second day"]),
        (ExportRequest(recorded_to=NOON), ["first day"]),
        (ExportRequest(recorded_from=NOON, recorded_to=NOON), ["first day"]),
        (ExportRequest(UUID(int=1)), []),
    ],
)
def test_an_export_has_what_was_asked_for(
    two_days: Notes, translator: EventPublisher, asked: ExportRequest, texts: list[str]
) -> None:
    found, export = exported(two_days.store, translator, asked)

    assert [each["data"]["text"] for each in found] == texts
    assert export.expected() == 2 * len(texts)


def test_a_fact_that_no_service_says_is_named(two_days: Notes, translator: EventPublisher) -> None:
    with two_days.store.engine.begin() as db:
        db.execute(update(events).where(events.c.part == PART, events.c.pos == 1).values(state=b"{}"))

    with pytest.raises(Unpublishable, match=f"notes, position {PART}:1"):
        exported(two_days.store, translator, ExportRequest())


async def relayed(notes: Notes, log: Log, topic: str) -> None:
    relay = Relay(notes.store, notes.mapper, publish, log, open_ownership(notes.store.engine), topic=topic)
    while await relay.step():
        pass
    await relay.release()


async def compared(notes: Notes, log: Log, topic: str) -> ReconciliationResult:
    """Return the result for Ms Chen's partition."""
    translator = EventPublisher("notes", notes.mapper, publish)
    found = await reconcile(notes.store, translator, log, topic, progress=lambda _: None)
    return found[PART]


async def copied(log: Log, topic: str, change: Callable[[list[Outgoing]], list[Outgoing]]) -> None:
    """Copy the topic to `topic`-copy, with other content in Ms Chen's partition."""
    records = [
        Outgoing(each.key or b"", each.value or b"", each.headers) for each in await log.read(topic, PART, 0, 99)
    ]
    await log.create_topic(f"{topic}-copy", PARTITIONS)
    await log.append(f"{topic}-copy", {PART: change(records)})


def test_a_topic_that_was_relayed_agrees_with_its_store(
    notes: Notes, with_log: Callable[[Tell], Any], topic: str
) -> None:
    for number in range(4):
        write(notes, CHEN, f"asks {number}")

    async def story(log: Log) -> tuple[ReconciliationResult, ReconciliationResult]:
        await relayed(notes, log, topic)
        write(notes, CHEN, "not sent yet")
        waiting = await compared(notes, log, topic)
        with notes.store.engine.begin() as db:
            db.execute(update(relay_checkpoints).where(relay_checkpoints.c.part == PART).values(pos=4))
        await relayed(notes, log, topic)
        return waiting, await compared(notes, log, topic)

    waiting, sent_again = with_log(story)

    assert waiting == ReconciliationResult(PART, facts=10, waiting=2, private=4, records=4)
    # The last private fact is behind the checkpoint too.
    assert sent_again == ReconciliationResult(PART, facts=10, private=5, records=7, doubled=2)


def _lost(records: list[Outgoing]) -> list[Outgoing]:
    return [records[0], *records[3:]]


def _changed(records: list[Outgoing]) -> list[Outgoing]:
    return [*records[:2], records[2]._replace(value=records[2].value.replace(b"asks", b"pays")), *records[3:]]


def _header_changed(records: list[Outgoing]) -> list[Outgoing]:
    headers = tuple((name, b"wang" if name == "ce_actor" else value) for name, value in records[2].headers)
    return [*records[:2], records[2]._replace(headers=headers), *records[3:]]


def _exchanged(records: list[Outgoing]) -> list[Outgoing]:
    return [records[0], records[2], records[1], *records[3:]]


def _added(records: list[Outgoing]) -> list[Outgoing]:
    return [*records, Outgoing(b"", b"{}", ()), records[0]._replace(headers=(("ce_position", b"%d:2" % PART),))]


def _cut(records: list[Outgoing]) -> list[Outgoing]:
    return records[:2]


@pytest.mark.parametrize(
    ("change", "wrong", "named"),
    [
        (_lost, 2, [Discrepancy(3, None, "missing on the topic: 2 events at positions 3 to 5")]),
        (_cut, 3, [Discrepancy(5, None, "missing on the topic: 3 events at positions 5 to 9")]),
        (_changed, 1, [Discrepancy(5, 2, "different from the fact in the store")]),
        (_header_changed, 1, [Discrepancy(5, 2, "different from the fact in the store")]),
        (_exchanged, 1, [Discrepancy(3, 2, "out of order")]),
        (
            _added,
            2,
            [
                Discrepancy(None, 5, "a record without a position of this partition"),
                Discrepancy(2, 6, "a record without a fact in the store"),
            ],
        ),
    ],
)
def test_whatever_a_topic_has_otherwise_is_named(
    notes: Notes, topic: str, change: Any, wrong: int, named: list[Discrepancy]
) -> None:
    for number in range(5):
        write(notes, CHEN, f"asks {number}")

    async def story() -> ReconciliationResult:
        log = MemoryLog(lambda: NOON)
        await log.create_topic(topic, PARTITIONS)
        await relayed(notes, log, topic)
        await copied(log, topic, change)
        return await compared(notes, log, f"{topic}-copy")

    found = asyncio.run(story())

    assert (found.wrong, found.named) == (wrong, named)

"""Exactly-once projection, with rows and checkpoint together, whatever arrives and however often."""

import asyncio
from typing import Any
from uuid import UUID, uuid5

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from crm_eventlog.consumer import PollingConsumer, list_parked
from crm_eventlog.consumer.checkpoint import CheckpointConflict, Reader
from crm_eventlog.log import LogRecord, MemoryLog, Outgoing
from crm_eventlog.migrate import migrate
from crm_eventlog.projection import Projector, ReadModel, VersionChanged
from crm_eventlog.store import open_engine
from shared.eventlog.tests.support.notes import ALL_NOTES, NOON, PARTITIONS, TOPIC, all_notes, parse
from shared.eventlog.tests.support.records import SPACE, checkpoint, ids, record, seen


def projector_of(engine: Engine, *models: ReadModel) -> Projector:
    projector = Projector(engine, models or (ALL_NOTES,), parse, lambda: NOON, partitions=PARTITIONS)
    projector.prepare()
    return projector


def test_rows_and_checkpoint_move_together(engine: Engine) -> None:
    projector = projector_of(engine)

    projector.process_batch([record(0), record(1)])

    assert seen(engine) == ids(0, 1)
    assert checkpoint(engine) == 2


def test_what_was_seen_is_not_folded_again(engine: Engine) -> None:
    folded: list[UUID] = []
    model = ReadModel("spy", 1, (all_notes,), frozenset({TOPIC}), lambda events, _: folded.extend(e.id for e in events))
    projector = projector_of(engine, model)
    projector.process_batch([record(0), record(1)])

    projector.process_batch([record(0), record(1), record(2)])

    assert len(folded) == 3


def test_what_a_relay_sent_again_is_not_folded_again(engine: Engine) -> None:
    folded: list[UUID] = []
    model = ReadModel("spy", 1, (all_notes,), frozenset({TOPIC}), lambda events, _: folded.extend(e.id for e in events))
    projector = projector_of(engine, model)
    projector.process_batch([record(0), record(1), record(2)])

    # It crashed between sending and its checkpoint: the same events have new offsets, here across two batches.
    again = [record(1)._replace(offset=3), record(2)._replace(offset=4), record(3)._replace(offset=5)]
    projector.process_batch([*again, record(2)._replace(offset=6)])
    projector.process_batch([record(3)._replace(offset=7), record(4)._replace(offset=8)])

    assert folded == [uuid5(SPACE, f"0/{offset}") for offset in range(5)]
    assert checkpoint(engine) == 9


def test_a_zombie_changes_nothing(engine: Engine) -> None:
    rival = projector_of(engine)

    class Zombie(Projector):
        """A projector that another one overtakes once, after it has read its checkpoint."""

        def ready(self, reader: Reader, events: Any) -> Any:
            rival.process_batch([record(0)])
            return super().ready(reader, events)

    zombie = Zombie(engine, (ALL_NOTES,), parse, lambda: NOON, partitions=PARTITIONS)

    with pytest.raises(CheckpointConflict):
        zombie.process_batch([record(0), record(1)])

    assert seen(engine) == ids(0)
    zombie.process_batch([record(0), record(1)])
    assert seen(engine) == ids(0, 1)


@pytest.mark.parametrize(
    "poison",
    [
        record(1, text="poison"),
        record(1, value=b""),
        record(1, value=None),
        record(1, value=b"{not json"),
        record(1, value=b'{"note_id": 5}'),
        record(1)._replace(headers=()),
        record(1, partition=1)._replace(partition=0, key=record(1).key),
        record(1)._replace(headers=tuple((n, b"0:x" if n == "ce_position" else v) for n, v in record(1).headers)),
        record(1)._replace(headers=(("ce_id", None), ("ce_type", b"\xff"))),
    ],
    ids=[
        "unprojectable",
        "empty",
        "none",
        "not-json",
        "invalid",
        "no-headers",
        "misplaced",
        "no-position",
        "garbage-headers",
    ],
)
def test_a_record_that_cannot_be_taken_in_is_set_aside_and_every_other_key_flows(
    engine: Engine, poison: LogRecord
) -> None:
    projector = projector_of(engine)

    projector.process_batch([record(0), poison, record(2), record(0, partition=1), record(1, partition=1)])
    projector.process_batch([record(3), record(2, partition=1)])

    assert seen(engine) == ids(0) | ids(0, 1, 2, partition=1)
    assert (checkpoint(engine), checkpoint(engine, 1)) == (4, 3)
    with engine.connect() as db:
        parked = list_parked(db)
    assert [(one.record.offset, one.error is None) for one in parked] == [(1, False), (2, True), (3, True)]
    assert projector.stopped == {}


def test_an_unknown_type_passes_by(engine: Engine) -> None:
    projector = projector_of(engine)
    headers = tuple((n, b"crm.notes.NoteSungAloud.v9" if n == "ce_type" else v) for n, v in record(1).headers)

    projector.process_batch([record(0), record(1)._replace(headers=headers), record(2)])

    assert seen(engine) == ids(0, 2)
    assert not projector.stopped


def test_records_before_what_was_read_are_never_skipped(engine: Engine) -> None:
    projector = projector_of(engine)

    projector.process_batch([record(2), record(3)])

    assert seen(engine) == set()
    assert "offset 0 was expected, 2 came" in next(iter(projector.stopped.values())).reason


def test_structured_cloud_events_are_taken_in(engine: Engine) -> None:
    binary = record(0)
    attributes = {name[3:]: value.decode() for name, value in binary.headers if name.startswith("ce_")}
    body = f'{{"data": {binary.value.decode()}, ' + ", ".join(f'"{k}": "{v}"' for k, v in attributes.items()) + "}"
    structured = binary._replace(
        headers=(("content-type", b"application/cloudevents+json; charset=UTF-8"),), value=body.encode()
    )

    projector_of(engine).process_batch([structured])

    assert seen(engine) == ids(0)


def test_rows_of_another_version_are_refused(engine: Engine) -> None:
    projector_of(engine)

    with pytest.raises(VersionChanged):
        projector_of(engine, ReadModel("all_notes", 2, (all_notes,), frozenset({TOPIC}), ALL_NOTES.project))


def test_a_follower_takes_in_everything_there_is(engine: Engine) -> None:
    async def story() -> None:
        log = MemoryLog(lambda: NOON)
        await log.create_topic(TOPIC, PARTITIONS)
        for partition in range(PARTITIONS):
            await log.append(TOPIC, {partition: [Outgoing(*record(o, partition=partition)[3:6]) for o in range(10)]})
        follower = PollingConsumer(projector_of(engine), log, [TOPIC], batch=7)

        while await follower.step():
            pass

        assert len(seen(engine)) == 10 * PARTITIONS

    asyncio.run(story())


deliveries = st.lists(st.tuples(st.integers(0, PARTITIONS - 1), st.integers(1, 6), st.integers(0, 4)), max_size=20)


@given(deliveries)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_interleaving_duplicates_cuts_and_crashes_give_the_same_rows(tmp_path_factory: Any, steps: Any) -> None:
    engine = open_engine(f"sqlite:///{tmp_path_factory.mktemp('any') / 'notes.db'}")
    migrate(engine, partitions=PARTITIONS)
    projector = projector_of(engine)
    lengths = dict.fromkeys(range(PARTITIONS), 0)

    for partition, count, again in steps:
        # `again` records come a second time, as after a crash before the acknowledgement.
        first = max(0, lengths[partition] - again)
        lengths[partition] += count
        projector.process_batch([record(o, partition=partition) for o in range(first, lengths[partition])])
        if again == 3:
            projector = projector_of(engine)

    expected = {i for partition, length in lengths.items() for i in ids(*range(length), partition=partition)}
    assert seen(engine) == expected
    engine.dispose()


def test_a_log_that_ends_before_what_was_read_of_it_stops_the_partition(engine: Engine) -> None:
    async def story() -> None:
        log, projector = MemoryLog(lambda: NOON), projector_of(engine)
        await log.create_topic(TOPIC, PARTITIONS)
        projector.process_batch([record(0), record(1)])
        await log.append(TOPIC, {1: [Outgoing(*record(0, partition=1)[3:6])]})

        await PollingConsumer(projector, log, [TOPIC]).step()

        (stopped,) = projector.stopped.values()
        assert (stopped.partition, stopped.reason) == (0, f"LogCutShort: {TOPIC}[0] ends at 0, but was read up to 2")
        assert seen(engine) == ids(0, 1) | ids(0, partition=1)

    asyncio.run(story())

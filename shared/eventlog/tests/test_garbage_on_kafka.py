"""Arbitrary bytes on a real topic: each record is kept unchanged, its key waits, everything else continues."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any, NamedTuple

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.record.util import calc_crc32c
from sqlalchemy import Engine

from crm_eventlog.consumer import list_parked, redrive
from crm_eventlog.consumer.kafka_consumer import KafkaConsumer
from crm_eventlog.envelope import CloudEvent
from crm_eventlog.log import KafkaLog, LogRecord
from crm_eventlog.migrate import migrate
from crm_eventlog.projection import Projector, ReadModel
from crm_eventlog.store import open_engine
from shared.eventlog.tests.support.notes import NOON, PARTITIONS, NoteWritten, all_notes, parse, project, rows_of
from shared.eventlog.tests.support.records import checkpoint, record

pytestmark = [pytest.mark.needs_kafka, pytest.mark.needs_postgres]
Until = Callable[[Callable[[], Any]], Awaitable[None]]
Spoil = Callable[[LogRecord], LogRecord]
STRUCTURED = ("content-type", b"application/cloudevents+json")
LONG_AGO_MS = -9_000_000_000_000_000


class Sent(NamedTuple):
    """A record to send, what it should have been, and whether it can be processed as it is."""

    record: LogRecord
    meant: LogRecord
    sound: bool
    at_ms: int | None = None


def header(name: str, value: bytes | None) -> Spoil:
    """Return the record with one header changed."""
    return lambda whole: whole._replace(headers=tuple((n, value if n == name else v) for n, v in whole.headers))


def value(of_it: bytes | None) -> Spoil:
    """Return the record with another value."""
    return lambda whole: whole._replace(value=of_it)


def in_structured_mode(body: bytes) -> Spoil:
    """Return a record that claims to be a structured event and is not one."""
    return lambda whole: whole._replace(headers=(STRUCTURED,), value=body)


GARBAGE: Mapping[str, Spoil] = {
    "header-none": header("ce_id", None),
    "header-not-utf-8": header("ce_subject", b"\xff\xfe"),
    "header-empty": header("ce_type", b""),
    "no-headers": lambda whole: whole._replace(headers=()),
    "sequence-no-number": header("ce_sequence", b"abc"),
    "time-no-time": header("ce_time", b"yesterday"),
    "time-without-zone": header("ce_time", b"2026-11-02T12:00:00"),
    "id-no-uuid": header("ce_id", b"4711"),
    "position-of-another-partition": header("ce_position", b"3:7"),
    "position-no-position": header("ce_position", b"seven"),
    "position-endless": header("ce_position", b"0:99999999999999999999"),
    "tombstone": value(None),
    "empty": value(b""),
    "no-json": value(b"\x00\xff"),
    "field-missing": value(b'{"text": "asks"}'),
    "field-of-wrong-type": value(b'{"note_id": 7, "customer_id": [], "text": {}}'),
    "newer-version": header("ce_type", b"crm.notes.NoteWritten.v9"),
    "structured-no-json": in_structured_mode(b"{"),
    "structured-no-object": in_structured_mode(b"[1]"),
    "structured-without-data": in_structured_mode(b'{"type": "crm.notes.NoteWritten.v1"}'),
}


def structured(whole: LogRecord) -> LogRecord:
    """Return the same event in structured mode."""
    attributes = {name[3:]: value.decode() for name, value in whole.headers if name.startswith("ce_") and value}
    body = {**attributes, "data": json.loads(whole.value or b"")}
    return whole._replace(headers=(STRUCTURED,), value=json.dumps(body).encode())


HARMLESS: Mapping[str, Spoil] = {
    "strange-header-none": lambda whole: whole._replace(headers=(*whole.headers, ("strange", None))),
    "strange-header-not-utf-8": lambda whole: whole._replace(headers=(*whole.headers, ("strange", b"\xff"))),
    "structured": structured,
    "no-garbage": lambda whole: whole,
}


def read(type_name: str, payload: bytes) -> Any:
    """Parse as the services' catalog does: a newer version of a known event waits for a newer consumer."""
    if type_name.startswith("crm.notes.NoteWritten.v") and type_name != NoteWritten.TYPE:
        raise ValueError(f"{type_name} is newer than this reader")
    return parse(type_name, payload)


def everything() -> list[Sent]:
    """Return all garbage, a valid record behind each under its key, and valid ones under other keys."""
    sent: list[Sent] = []

    def add(key: str | None, spoil: Spoil, *, sound: bool, at_ms: int | None = None) -> None:
        meant = record(len(sent))._replace(key=None if key is None else key.encode())
        sent.append(Sent(spoil(meant), meant, sound, at_ms))

    for name, spoil in GARBAGE.items():
        add(name, spoil, sound=False)
        add(name, HARMLESS["no-garbage"], sound=False)
        add("sound", HARMLESS["no-garbage"], sound=True)
    for name, spoil in HARMLESS.items():
        add(name, spoil, sound=True)
    add("of-no-time", HARMLESS["no-garbage"], sound=True, at_ms=LONG_AGO_MS)
    add(None, HARMLESS["no-garbage"], sound=True)
    # Its type was never known, so it is skipped.
    unknown = header("ce_type", b"crm.notes.NoteSungAloud.v1")(record(len(sent)))
    sent.append(Sent(unknown, unknown, sound=True))
    return sent


class Knows(Projector):
    """A newer consumer, which knows what each record was meant to be."""

    def decode(self, record: LogRecord) -> CloudEvent | None:
        return super().decode(everything()[record.offset].meant._replace(topic=record.topic))


def projector_of(kind: type[Projector], engine: Engine, topic: str) -> Projector:
    model = ReadModel("all_notes", 1, (all_notes,), frozenset({topic}), project)
    projector = kind(engine, (model,), read, lambda: NOON, partitions=PARTITIONS)
    projector.prepare()
    return projector


@pytest.fixture
def postgres(fresh_database: Callable[[], str]) -> Iterator[Engine]:
    """Create a migrated PostgreSQL database."""
    engine = open_engine(fresh_database())
    migrate(engine, partitions=PARTITIONS)
    yield engine
    engine.dispose()


async def send(address: str, topic: str, sent: list[Sent]) -> None:
    log = KafkaLog(f"kafka://{address}")
    await log.create_topic(topic, PARTITIONS)
    await log.close()
    async with AIOKafkaProducer(bootstrap_servers=address) as producer:
        for each in sent:
            await send_one(producer, topic, each.record, each.at_ms)


async def send_one(producer: AIOKafkaProducer, topic: str, record: LogRecord, at_ms: int | None = None) -> None:
    """Send the record unchanged to its partition."""
    key, body, headers = record[3:6]
    place = {"partition": record.partition, "timestamp_ms": at_ms}
    await producer.send_and_wait(topic, body, key=key, headers=[*headers], **place)


async def committed(address: str, group: str) -> int:
    """Return the group's committed offset in the first partition."""
    admin = AIOKafkaAdminClient(bootstrap_servers=address)
    await admin.start()
    try:
        offsets = await admin.list_consumer_group_offsets(group)
    finally:
        await admin.close()
    return next((int(mark.offset) for place, mark in offsets.items() if place.partition == 0), 0)


async def told_and_heard(address: str, topic: str, projector: Projector, until: Until) -> None:
    """Send everything, consume it with the live consumer, and wait until it is committed."""
    end = len(everything())
    await send(address, topic, everything())
    stop = asyncio.Event()
    running = asyncio.create_task(KafkaConsumer(projector, f"kafka://{address}", [topic], group=topic).run(stop))
    await until(lambda: checkpoint(projector.engine) == end)
    stop.set()
    await running
    assert await committed(address, topic) == end


def test_garbage_is_kept_as_it_came_and_everything_else_goes_on(
    kafka_server: str, postgres: Engine, engine: Engine, topic: str, until: Until
) -> None:
    sent = everything()

    projector = projector_of(Projector, postgres, topic)
    asyncio.run(told_and_heard(kafka_server, topic, projector, until))

    parked_record = [(offset, each.record) for offset, each in enumerate(sent) if not each.sound]
    with postgres.connect() as db:
        parked = sorted(list_parked(db), key=lambda one: one.record.offset)
    assert [(one.record.offset, *one.record[3:6]) for one in parked] == [
        (at, *record[3:6]) for at, record in parked_record
    ]
    assert [one.error is None for one in parked] == [False, True] * len(GARBAGE)
    assert projector.stopped == {}
    unknown = 1
    assert len(rows_of(postgres)) == len(sent) - len(parked_record) - unknown

    redriven = redrive(projector_of(Knows, postgres, topic))
    clean = projector_of(Projector, engine, topic)
    clean.process_batch(each.meant._replace(topic=topic) for each in sent)

    assert {(one.taken_in, one.error) for one in redriven} == {(2, None)}
    assert len(redriven) == len(GARBAGE)
    assert rows_of(postgres) == rows_of(engine)


async def send_with_a_name_of_no_text(producer: AIOKafkaProducer, topic: str, whole: LogRecord) -> None:
    """Send a record with an extra header whose name is not UTF-8, as other clients can."""
    batch = producer.create_batch()
    headers = [*whole.headers, ("strange", b"1")]
    batch.append(timestamp=None, key=whole.key, value=whole.value, headers=headers)
    written = batch._build()
    batch.close()
    begin = written.index(b"strange")
    written[begin : begin + 2] = b"\xff\xfe"
    written[17:21] = calc_crc32c(bytes(written[21:])).to_bytes(4, "big")
    await (await producer.send_batch(batch, topic, partition=whole.partition))


def test_a_header_name_that_is_no_text_is_read_and_what_follows_too(
    kafka_server: str, postgres: Engine, topic: str, until: Until
) -> None:
    sound = [record(offset, partition=part) for part in (0, 1) for offset in range(3)]

    async def story() -> list[LogRecord]:
        log = KafkaLog(f"kafka://{kafka_server}")
        await log.create_topic(topic, PARTITIONS)
        async with AIOKafkaProducer(bootstrap_servers=kafka_server) as producer:
            for each in sound:
                if each == record(1):
                    await send_with_a_name_of_no_text(producer, topic, each)
                else:
                    await send_one(producer, topic, each)
        stop = asyncio.Event()
        projector = projector_of(Projector, postgres, topic)
        follower = KafkaConsumer(projector, f"kafka://{kafka_server}", [topic], group=topic)
        running = asyncio.create_task(follower.run(stop))
        await until(lambda: len(rows_of(postgres)) == len(sound))
        stop.set()
        await running
        replayed = [each for offset in range(3) for each in await log.read(topic, 0, offset, 1)]
        await log.close()
        return replayed

    replayed = asyncio.run(story())

    assert [each.offset for each in replayed] == [0, 1, 2]
    assert replayed[1].headers[-1] == ("\\xff\\xferange", b"1")
    assert replayed[1].value == record(1).value

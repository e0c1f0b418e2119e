"""A typed handler of FastStream skips structured CloudEvents without a word; we decode the raw bytes."""

import asyncio
import json

from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from sqlalchemy import Engine

from crm_eventlog.log import LogRecord
from shared.eventlog.tests.support.notes import NoteWritten, rows_of
from shared.eventlog.tests.support.records import ids, record, seen
from tests.regressions.streams import committed, following, make_topic, projector_of, send, until


def structured(binary: LogRecord) -> LogRecord:
    """Return the same event in structured mode: attributes and data in one JSON document."""
    attributes = {name[3:]: value.decode() for name, value in binary.headers if name.startswith("ce_") and value}
    body = {**attributes, "data": json.loads(binary.value or b"")}
    mode = (("content-type", b"application/cloudevents+json; charset=UTF-8"),)
    return binary._replace(headers=mode, value=json.dumps(body).encode())


MIXED = [structured(record(0)), record(1)]


def test_a_typed_handler_of_the_library_skips_a_structured_event_and_commits_it(kafka_server: str, topic: str) -> None:
    async def story() -> None:
        broker = KafkaBroker(kafka_server, logger=None)
        received: list[NoteWritten] = []

        @broker.subscriber(topic, group_id=topic, ack_policy=AckPolicy.ACK, auto_offset_reset="earliest")
        async def hear(event: NoteWritten) -> None:
            received.append(event)

        await make_topic(kafka_server, topic)
        await send(kafka_server, topic, MIXED)
        async with broker:
            await broker.start()
            await until(lambda: received)

        assert [event.note_id for event in received] == list(ids(1))
        assert (await committed(kafka_server, topic))[0] == 2

    asyncio.run(story())


def test_ours_takes_in_both_modes(kafka_server: str, topic: str, engine: Engine) -> None:
    async def story() -> None:
        projector = projector_of(engine, topic)
        await make_topic(kafka_server, topic)
        await send(kafka_server, topic, MIXED)

        async with following(projector, kafka_server, topic):
            await until(lambda: len(rows_of(engine)) == 2)

        assert seen(engine) == ids(0, 1)
        assert not projector.stopped

    asyncio.run(story())

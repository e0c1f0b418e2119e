"""FastStream drops a record, or a whole batch, for one header that is None or not UTF-8; ours are read raw."""

import asyncio
from collections.abc import Sequence

import pytest
from faststream.kafka.message import KafkaMessage
from faststream.kafka.parser import AioKafkaBatchParser
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, update

from crm_eventlog.log import LogRecord
from crm_eventlog.projection import Projector
from crm_eventlog.tables import checkpoints, parked
from shared.eventlog.tests.support.notes import TOPIC, all_notes, rows_of
from shared.eventlog.tests.support.records import checkpoint, record
from tests.regressions.streams import as_consumed, follower_of, parked_at, projector_of

NOWHERE = "127.0.0.1:9"
Headers = Sequence[tuple[str, bytes | None]]


@pytest.mark.parametrize("value", [None, b"\xff"], ids=["none", "not-utf-8"])
def test_the_librarys_parser_gives_a_whole_batch_up_for_one_header(value: bytes | None) -> None:
    strange = record(1)._replace(headers=(*record(1).headers, ("strange", value)))
    batch = tuple(map(as_consumed, (record(0), strange)))

    with pytest.raises((AttributeError, UnicodeDecodeError)):
        asyncio.run(AioKafkaBatchParser(KafkaMessage, None).parse_batch(batch))


@pytest.mark.parametrize("value", [None, b"\xff"], ids=["none", "not-utf-8"])
def test_a_strange_header_beside_ours_costs_nothing(engine: Engine, value: bytes | None) -> None:
    projector = projector_of(engine, TOPIC)
    strange = record(1)._replace(headers=(*record(1).headers, ("strange", value)))

    received(projector, record(0), strange)

    assert len(rows_of(engine)) == 2
    assert not projector.stopped


def received(projector: Projector, *records: LogRecord) -> None:
    """Return the records as they come through our parser, our decoder and our handler."""

    async def story() -> None:
        follower = follower_of(projector, NOWHERE, TOPIC)
        message = await follower._parse(tuple(map(as_consumed, records)))
        await follower._process_batch(message.raw_message)

    asyncio.run(story())


def forget_everything(engine: Engine) -> None:
    with engine.begin() as db:
        db.execute(delete(all_notes))
        db.execute(delete(parked))
        db.execute(update(checkpoints).values(next_offset=0, pos=0))


names = st.one_of(st.sampled_from([name for name, _ in record(0).headers]), st.text(max_size=8))
values = st.one_of(st.none(), st.binary(max_size=12), st.sampled_from([value for _, value in record(0).headers]))
OURS = dict(record(0).headers)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changed=st.lists(st.tuples(names, values), max_size=4), value=st.one_of(st.just(record(0).value), st.binary()))
def test_a_record_is_folded_or_set_aside_whatever_is_in_it(engine: Engine, changed: Headers, value: bytes) -> None:
    projector = projector_of(engine, TOPIC)
    forget_everything(engine)
    headers = tuple((OURS | dict(changed)).items())

    received(projector, record(0)._replace(headers=headers, value=value))

    of_nobody = dict(headers)["ce_type"] != OURS["ce_type"]
    found = len(rows_of(engine)), parked_at(engine)
    assert found in [(1, []), (0, [(0, 0)]), *([(0, [])] if of_nobody else [])]
    assert (projector.stopped, checkpoint(engine)) == ({}, 1)

"""Stores and topics that are full before something is measured."""

import asyncio
from uuid import UUID

from eventsourcing.persistence import Mapper, StoredEvent

from benchmarks.remarks import PARTITIONS, Remarks, context, publish, remark
from crm_eventlog.envelope import to_record
from crm_eventlog.log import Log, Outgoing
from crm_eventlog.migrate import migrate
from crm_eventlog.store import StoredFact, open_engine, open_store

_PAGE = 5_000


def filled(url: str, count: int) -> Remarks:
    """Return a store with so many remarks, appended a thousand at a time."""
    engine = open_engine(url)
    migrate(engine, partitions=PARTITIONS)
    remarks = Remarks(open_store(engine, source="contacts", partitions=PARTITIONS))
    for begin in range(0, count, 1_000):
        remarks.save(*(remark(number) for number in range(begin, begin + 1_000)), context=context(f"fill-{begin}"))
    return remarks


async def fill_topic(log: Log, topic: str, url: str, count: int, *, source: str = "contacts") -> None:
    """Write so many touches of customers, as the relay of `source` would have written them."""
    remarks = await asyncio.to_thread(filled, url, count)
    await tell(log, topic, remarks, source=source)
    remarks.store.engine.dispose()


async def tell(log: Log, topic: str, remarks: Remarks, *, source: str) -> None:
    """Publish the facts of the store to a topic; under the name of another service these are other events."""
    for part in range(PARTITIONS):
        after = 0
        while facts := await asyncio.to_thread(remarks.store.read, part, after, _PAGE):
            await log.append(topic, {part: [_as_record(source, remarks.mapper, fact) for fact in facts]})
            after = facts[-1].pos


def _as_record(source: str, mapper: Mapper[UUID], fact: StoredFact) -> Outgoing:
    made = mapper.to_domain_event(StoredEvent(fact.originator_id, fact.originator_version, fact.topic, fact.state))
    mine = UUID(int=fact.event_id.int ^ sum(source.encode())) if source != "contacts" else fact.event_id
    return Outgoing(*to_record(source, fact._replace(event_id=mine), publish(made, fact.partition_key)))

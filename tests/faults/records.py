"""Faults of the log's content: records that cannot be taken in, garbage, a topic that is another one."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from sqlalchemy import delete, update

from crm_chassis.clock import now
from crm_eventlog.consumer import drop, list_parked, redrive
from crm_eventlog.consumer.errors import TRANSIENT
from crm_eventlog.log import KafkaLog
from crm_eventlog.log.kafka import bootstrap_of
from crm_eventlog.tables import checkpoints, relay_checkpoints
from tests.faults.load import customer_id
from tests.faults.scene import Fault, Scene
from tests.faults.service import refused

Headers = Sequence[tuple[str, bytes | None]]
# How far readers are at least in a topic, and how long they have to notice that it is another one.
_SOME, _PATIENCE = 10, 40.0
_GARBAGE: tuple[tuple[bytes | None, Headers], ...] = (
    (b"{}", [("ce_id", None), ("ce_type", b"crm.support.CaseResolved.v1")]),
    (b"{}", [("ce_id", b"\xff\xfe"), ("ce_type", b"\xc3\x28")]),
    (b"{}", [("ce_position", b"not a position"), ("ce_id", b"7"), ("ce_type", b"crm.support.CaseResolved.v1")]),
    (b"", [("ce_id", b"7")]),
    (None, []),
    (b"\x00\xff{", [("content-type", b"application/cloudevents+json")]),
)


def poison(scene: Scene) -> None:
    """Break the projection of one customer, whose events wait while everybody else's go on; then repair it."""
    engine, one = scene.stage.engine, customer_id(0)
    with engine.begin() as db:
        db.execute(refused.insert().values(partition_key=one))
    scene.stage.until(scene.stage.parked, "something that is set aside")
    only_these_wait(scene, {str(one)})
    with engine.begin() as db:
        db.execute(delete(refused))


def garbage(scene: Scene) -> None:
    """Write records that are not events, under the keys of two customers."""
    keys = [str(customer_id(number)) for number in (0, 1)]
    chosen = scene.random.sample(_GARBAGE, k=4)
    asyncio.run(_put(scene, [(keys[number % 2], *each) for number, each in enumerate(chosen)]))
    scene.stage.until(lambda: any(keys == 2 for _, keys in scene.stage.parked().values()), "garbage that is set aside")
    only_these_wait(scene, set(keys))


def only_these_wait(scene: Scene, keys: set[str]) -> None:
    """Check that everybody else's events go on being folded."""
    scene.folded(40)
    with scene.stage.engine.connect() as db:
        waiting = {one.key for one in list_parked(db, limit=100_000)}
    scene.expect(waiting <= keys, f"others wait too: {sorted(waiting - keys)}")
    readiness = scene.cast["project"].readiness()
    scene.expect("stopped at" not in readiness, f"a partition stands still: {readiness}")


async def _put(scene: Scene, records: Sequence[tuple[str, bytes | None, Headers]]) -> None:
    topic, store = scene.stage.runtime.service.topic, scene.stage.runtime.application.store
    async with AIOKafkaProducer(bootstrap_servers=scene.servers.kafka_address, acks="all") as producer:
        for key, value, headers in records:
            part = store.part(UUID(key))
            sent = await producer.send_and_wait(topic, value, key=key.encode(), partition=part, headers=list(headers))
            scene.strange.add((part, sent.offset))


def let_go_of_garbage(scene: Scene) -> None:
    """Drop garbage with a reason; then redrive what queued behind it."""
    with scene.stage.engine.begin() as db:
        for one in list_parked(db, limit=100_000):
            if (one.record.partition, one.record.offset) in scene.strange:
                drop(db, one, by="operator", reason="no event", now=now())
    take_in_again(scene)


def take_in_again(scene: Scene) -> None:
    """Call `redrive` until nothing is parked."""

    def nothing_waits() -> bool:
        try:
            redrive(scene.stage.runtime.projector)
        except TRANSIENT:
            return False
        return not scene.stage.parked()

    scene.stage.until(nothing_waits, "every key taken in again")


def recreate_topic(scene: Scene) -> None:
    """Delete the topic and make it again; an operator must confirm that it is another one."""
    runtime = scene.stage.runtime
    scene.stage.until(lambda: min(runtime.projector.positions().values()) > _SOME, "readers well into every partition")
    scene.variant(_while_the_relay_is_away, _while_everybody_works)(scene)
    for name in [name for name in scene.cast if name != "serve"]:
        scene.cast.pop(name).kill()


def _while_the_relay_is_away(scene: Scene) -> None:
    scene.cast.pop("relay").kill()
    asyncio.run(_anew(scene))
    scene.enter("project", "next projector")
    scene.stage.until(lambda: _said_by(scene, "project", "next projector"), "a reader that says so")


def _while_everybody_works(scene: Scene) -> None:
    asyncio.run(_anew(scene))
    noticed = scene.within(_PATIENCE, lambda: _said_by(scene, "project") or _sent_no_more(scene))
    scene.expect(noticed, "nobody noticed that the topic is another one")


def _sent_no_more(scene: Scene) -> bool:
    return "TopicReplaced" in scene.cast["relay"].complaints()


def _said_by(scene: Scene, *names: str) -> bool:
    return any("LogCutShort" in scene.cast[name].readiness() for name in names)


def by_the_runbook(scene: Scene) -> None:
    """Follow docs/runbooks/a-topic-was-recreated.md: an empty topic, readers at its start, everything sent again."""
    topic = scene.stage.runtime.service.topic
    asyncio.run(_anew(scene))
    with scene.stage.engine.begin() as db:
        db.execute(update(checkpoints).where(checkpoints.c.topic == topic).values(next_offset=0))
        anew = {"pos": 0, "next_offset": 0, "epoch": relay_checkpoints.c.epoch + 1}
        db.execute(update(relay_checkpoints).values(anew))
    scene.enter("relay")
    scene.enter("project")


async def _anew(scene: Scene) -> None:
    """Delete the topic, and make it again as it must be."""
    runtime = scene.stage.runtime
    topic, address = runtime.service.topic, bootstrap_of(runtime.settings.log_url)
    admin = AIOKafkaAdminClient(bootstrap_servers=address)
    await admin.start()
    try:
        await admin.delete_topics([topic])
        async with asyncio.timeout(60):
            while topic in await admin.list_topics():
                pass
    finally:
        await admin.close()
    log = KafkaLog(runtime.settings.log_url)
    await log.create_topic(topic, runtime.settings.partitions)
    await log.close()


RECORDS = (
    Fault(
        "poison-record",
        "a projection is wrong about one customer; it is corrected, and the key taken in again",
        poison,
        take_in_again,
    ),
    Fault(
        "header-garbage",
        "records without sense under two keys; they are dropped, and the keys taken in again",
        garbage,
        let_go_of_garbage,
    ),
    Fault(
        "topic-recreated",
        "the topic is deleted and made again; the steps of the runbook",
        recreate_topic,
        by_the_runbook,
    ),
)

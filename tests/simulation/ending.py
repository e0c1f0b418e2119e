"""The state of stores, topics and readers when all is quiet, and as it would be had nothing ever gone wrong."""

from hashlib import sha256
from uuid import UUID

import msgspec

from crm_eventlog.log import LogRecord
from crm_eventlog.projection import Projector
from shared.eventlog.tests.support.notes import NOON
from tests.faults.checks import Fact, Sent
from tests.simulation.checker import Ending, Shown
from tests.simulation.database import PARTITIONS, Database
from tests.simulation.scheduler import drive
from tests.simulation.service import NOTES, REPLIES, TOPICS, parse_until, read_models
from tests.simulation.world import GARBAGE, World, clean_database

_PUBLIC = {"Note.Written", "Note.Closed"}
_FACTS = """
SELECT command_id, originator_id, originator_version, part, pos, event_id, partition_key, topic, metadata
FROM events ORDER BY part, pos
"""


def ending_of(world: World) -> Ending:
    """Return everything the checker asks for."""
    rows = {name: database.raw.execute(_FACTS).fetchall() for name, database in world.databases.items()}
    every = [row for of_service in rows.values() for row in of_service]
    records = {name: _records(world, topic) for name, topic in TOPICS.items() if name in rows}
    replies = rows.get(REPLIES, [])
    return Ending(
        facts={name: [_fact(row) for row in of_service] for name, of_service in rows.items()},
        public=frozenset(UUID(row[5]) for row in every if row[7] in _PUBLIC),
        customers={UUID(row[5]): UUID(row[6]) for row in every},
        topics={name: [_sent(record) for record in of_topic] for name, of_topic in records.items()},
        shown={f"the readers of {name}": _shown(database) for name, database in world.databases.items()},
        clean=_clean([record for of_topic in records.values() for record in of_topic]),
        caused=[UUID(msgspec.json.decode(row[8])["causation_id"]) for row in replies],
        causing=frozenset(UUID(row[5]) for row in rows[NOTES] if REPLIES in rows and row[7] == "Note.Written"),
    )


def _records(world: World, topic: str) -> list[LogRecord]:
    """Return everything on a topic but the garbage."""
    partitions = [drive(world.log.read(topic, partition, 0, 1_000_000)) for partition in range(PARTITIONS)]
    return [record for of_partition in partitions for record in of_partition if record.value != GARBAGE]


def _clean(records: list[LogRecord]) -> Shown:
    """Read the same log, each record once at offsets without a gap, at one go by the platform's own projector."""
    database = clean_database()
    models, parse = read_models(lambda: True), parse_until(lambda: True)
    projector = Projector(database.engine, models, parse, lambda: NOON, partitions=PARTITIONS)
    ends: dict[tuple[str, int], int] = {}
    placed = []
    for record in records:
        offset = ends.get(record[:2], 0)
        ends[record[:2]] = offset + 1
        placed.append(record._replace(offset=offset))
    projector.process_batch(placed)
    return _shown(database)


def _shown(database: Database) -> Shown:
    told = sorted(database.raw.execute("SELECT customer_id, source, story FROM stories").fetchall())
    folded = sorted(database.raw.execute("SELECT event_id, times FROM folds").fetchall())
    stories = {(UUID(customer), source): [UUID(each) for each in story.split()] for customer, source, story in told}
    return Shown(stories, sha256(repr((told, folded)).encode()).hexdigest())


def _fact(row: tuple) -> Fact:
    command_id, stream, version, part, pos, event_id, *_ = row
    return Fact(command_id, UUID(stream), version, part, pos, UUID(event_id))


def _sent(record: LogRecord) -> Sent:
    headers = dict(record.headers)
    pos = int(headers["ce_position"].decode().partition(":")[2])
    content = repr((record.key, record.value, record.headers)).encode()
    return Sent(record.partition, pos, UUID(headers["ce_id"].decode()), content)

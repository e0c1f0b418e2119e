"""The cast of one run: clients, relays, projectors, reactors, an operator, a network; the platform's own classes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any

from sqlalchemy.exc import OperationalError

from crm_eventlog.consumer import EventConsumer, PollingConsumer, drop, list_parked, redrive
from crm_eventlog.consumer.errors import TRANSIENT
from crm_eventlog.log import Outgoing
from crm_eventlog.projection import Projector
from crm_eventlog.reactions import Reactor
from crm_eventlog.relay import Relay
from crm_eventlog.store import SqliteStore
from shared.eventlog.tests.support.notes import NOON, Notes, publish
from tests.simulation.clients import Client
from tests.simulation.database import PARTITIONS, Database, empty_schema
from tests.simulation.history import Moment
from tests.simulation.locks import Locks, Session
from tests.simulation.scheduler import Actor, Elapsed, Scheduler, drive
from tests.simulation.service import NOTES, REPLIES, TOPICS, parse_until, policies, read_models
from tests.simulation.topics import FaultyLog
from tests.simulation.workload import CLIENTS, OPTIONAL, Ask, Happening, Incident, Plays, Skew

GARBAGE = b"no event at all"
PROJECTORS = {NOTES: ("projector 1", "projector 2"), REPLIES: ("projector 3",)}
REACTORS = {NOTES: (), REPLIES: ("reactor 1", "reactor 2")}
RELAYS = {NOTES: ("relay 1", "relay 2"), REPLIES: ("relay 3",)}
_BATCH = 20


@dataclass(frozen=True)
class Parts:
    """The classes that play: the platform's, unless a test puts a known mistake in."""

    application: type[Notes] = Notes
    relay: type[Relay] = Relay
    projector: type[Projector] = Projector
    reactor: type[Reactor] = Reactor


@cache
def databases() -> dict[str, Database]:
    """Return one database a service, used by one run after another."""
    return {name: Database(name, _template(name)) for name in (NOTES, REPLIES, "clean")}


def clean_database() -> Database:
    """Return an empty database that nothing befalls."""
    database = databases()["clean"]
    database.reset(_template("clean"), None)
    return database


class World:
    """The world of one run: everything that plays in it, on empty databases and an empty log."""

    def __init__(self, scheduler: Scheduler, happenings: Sequence[Happening], parts: Parts) -> None:
        self.scheduler, self.parts = scheduler, parts
        self.asks = [each for each in happenings if isinstance(each, Ask)]
        self.incidents = sorted(each for each in happenings if isinstance(each, Incident))
        self._playing = {each.actor for each in happenings if isinstance(each, Plays)}
        self._skews = {each.actor: timedelta(minutes=each.minutes) for each in happenings if isinstance(each, Skew)}
        self.mended = False
        self.turns = 0
        self.history: list[Moment] = []
        self.intakes: dict[str, EventConsumer] = {}
        self.databases = {name: databases()[name] for name in (NOTES, REPLIES) if self._plays(name)}
        for name, database in self.databases.items():
            database.reset(_template(name), scheduler)
        self.log = FaultyLog(self.clock, scheduler)
        for topic in TOPICS.values():
            drive(self.log.create_topic(topic, PARTITIONS))
        self.applications = {
            name: _application(parts.application, name, database) for name, database in self.databases.items()
        }
        self._operators: dict[str, list[EventConsumer]] = {NOTES: [self.projector(NOTES)]}
        if self._plays(REPLIES):
            self._operators[REPLIES] = [self.projector(REPLIES), self.reactor()]
        self._enter()

    def clock(self) -> datetime:
        """Return the time as the current actor's clock has it."""
        actor = self.scheduler.current
        now = NOON + timedelta(seconds=self.turns)
        return now + self._skews.get(actor.name, timedelta()) if actor else now

    def is_mended(self) -> bool:
        """Tell if the code can do by now what it could not do at first."""
        return self.mended

    def projector(self, service: str) -> Projector:
        """Return a projector as a new process makes it."""
        database, parse = self.databases[service], parse_until(self.is_mended)
        models = read_models(self.is_mended)
        return self.parts.projector(database.engine, models, parse, self.clock, partitions=PARTITIONS)

    def reactor(self) -> Reactor:
        """Return a reactor as a new process makes it: the second service answers the first one's events."""
        return self.parts.reactor(
            self.applications[REPLIES],
            parse_until(self.is_mended),
            self.clock,
            policies=policies(self.is_mended),
            topics=frozenset({TOPICS[NOTES]}),
            partitions=PARTITIONS,
        )

    def all_asked(self) -> bool:
        """Tell if every client has given every command."""
        return all(actor.idle for actor in self.scheduler.actors if actor.name in CLIENTS)

    def befall(self) -> None:
        """Carry out what happens from outside in this turn."""
        for each in [each for each in self.incidents if each.turn <= self.turns]:
            if each.what == "mend":
                self.mended = True
                self.scheduler.happened["log"] += 1
            elif each.what == "garbage":
                record = Outgoing(str(each.customer).encode(), GARBAGE, ())
                part = self.applications[NOTES].store.part(each.customer)
                drive(self.log.keep(TOPICS[each.about], {part: [record]}))
            else:
                continue
            self.incidents.remove(each)

    def _plays(self, actor: str) -> bool:
        return actor not in OPTIONAL or actor in self._playing

    def _enter(self) -> None:
        for name in CLIENTS:
            asks = [ask for ask in self.asks if ask.client == name]
            client = Client(self.scheduler, self.applications[NOTES], asks, self.clock, self.history)
            self.scheduler.add(Actor(name, client.live, ends=True))
        for service in self.databases:
            locks = Locks(self.scheduler)
            for name in filter(self._plays, RELAYS[service]):
                self._enter_relay(name, service, locks)
            for name in filter(self._plays, PROJECTORS[service]):
                self._enter_reader(name, partial(self.projector, service))
            for name in filter(self._plays, REACTORS[service]):
                self._enter_reader(name, self.reactor)
        self.scheduler.add(Actor("operator", self._operate))
        self.scheduler.add(Actor("network", self._deliver))

    def _enter_relay(self, name: str, service: str, locks: Locks) -> None:
        notes = self.applications[service]
        ownership = Session(locks, self.scheduler)

        def live() -> None:
            relay = self.parts.relay(
                notes.store, notes.mapper, publish, self.log, ownership, topic=TOPICS[service], batch=_BATCH
            )
            drive(relay.run(Elapsed(self.scheduler)))

        self.scheduler.add(
            Actor(name, live, (f"stored in {service}", "locks"), on_death=ownership.release, on_stall=ownership.lose)
        )

    def _enter_reader(self, name: str, begin: Any) -> None:
        def live() -> None:
            intake: EventConsumer = begin()
            if name in self.intakes:
                try:
                    intake.prepare()
                except OperationalError:
                    # A process that cannot begin is begun again.
                    return self.scheduler.rest()
            self.intakes[name] = intake
            received = frozenset().union(*intake.topics.values())
            return drive(PollingConsumer(intake, self.log, received, batch=_BATCH).run(Elapsed(self.scheduler)))

        self.scheduler.add(Actor(name, live, ("log",)))

    def _operate(self) -> None:
        """Redrive when it is time to, with the mended code or without; at the end drop the garbage."""
        while True:
            due = [each for each in self.incidents if each.what == "redrive" and each.turn <= self.turns]
            for each in due:
                self.incidents.remove(each)
                if each.about in self.databases:
                    self._redrive(each.about)
            for service, database in self.databases.items():
                if not self.scheduler.faults and database.raw.execute("SELECT 1 FROM parked").fetchone():
                    self._redrive(service)
            self.scheduler.rest()

    def _redrive(self, service: str) -> None:
        try:
            for intake in self._operators[service]:
                if not self.scheduler.faults:
                    self._drop_garbage(intake)
                redrive(intake)
        except TRANSIENT:
            return

    def _drop_garbage(self, intake: EventConsumer) -> None:
        with intake.engine.begin() as db:
            for each in list_parked(db):
                if each.record.value == GARBAGE:
                    drop(db, each, by="operator", reason="garbage", now=self.clock())

    def _deliver(self) -> None:
        """Deliver what is late."""
        while True:
            if self.log.late:
                topic, batch = self.log.late.pop(0)
                drive(self.log.keep(topic, batch))
            self.scheduler.rest()


@cache
def _template(name: str) -> bytes:
    """Return the database of a service that has begun and holds nothing."""
    database = Database(f"empty {name}", empty_schema())
    parse = parse_until(lambda: True)
    usual = {"partitions": PARTITIONS}
    Projector(database.engine, read_models(lambda: True), parse, lambda: NOON, **usual).prepare()
    application = _application(Notes, name, database)
    Reactor(application, parse, lambda: NOON, topics=frozenset({TOPICS[NOTES]}), **usual).prepare()
    return database.raw.serialize()


@cache
def _application(kind: type[Notes], name: str, database: Database) -> Notes:
    """Return an application that keeps nothing between two commands, so that the next process may use it."""
    return kind(SqliteStore(database.engine, source=name, partitions=PARTITIONS))

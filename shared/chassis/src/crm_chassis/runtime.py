"""What a process does beside answering: relay, project, react; each part runs until it is told to stop."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, inspect

from crm_chassis.clock import Clock
from crm_chassis.read_model_upgrade import rebuild_changed
from crm_chassis.service import Service
from crm_chassis.settings import ServiceSettings
from crm_eventlog.application import Application
from crm_eventlog.consumer import EventConsumer, PollingConsumer, is_visible
from crm_eventlog.consumer.kafka_consumer import KafkaConsumer
from crm_eventlog.log import Log
from crm_eventlog.migrate import migrate
from crm_eventlog.ownership import open_ownership
from crm_eventlog.projection import Projector
from crm_eventlog.reactions import Deadline, Effect, Policy, Reactor, Ticker
from crm_eventlog.relay import Relay
from crm_eventlog.store import open_engine, open_store
from crm_eventlog.tables import counters

if TYPE_CHECKING:
    from crm_chassis.tracing.spans import Tracing

Run = Callable[[asyncio.Event], Coroutine[Any, Any, None]]


class NotMigrated(Exception):
    """The database was never brought to a schema."""


@dataclass(frozen=True, kw_only=True)
class ServiceRuntime:
    """One service on its database and its log: everything it can do, nothing of it started yet."""

    service: Service
    settings: ServiceSettings
    engine: Engine
    application: Application
    log: Log
    clock: Clock
    tracing: "Tracing | None" = None

    @classmethod
    def open(
        cls,
        service: Service,
        settings: ServiceSettings,
        log: Log,
        clock: Clock,
        tracing: "Tracing | None" = None,
    ) -> "ServiceRuntime":
        """Open the database; nothing is created in it."""
        engine = open_engine(settings.database_url)
        store = open_store(engine, source=service.name, partitions=settings.partitions)
        return cls(
            service=service,
            settings=settings,
            engine=engine,
            application=service.application(store),
            log=log,
            clock=clock,
            tracing=tracing,
        )

    def migrate(self) -> None:
        """Bring the database to the schema of this code; read models of another version are built anew and swapped."""
        partitions = self.settings.partitions
        migrate(self.engine, partitions=partitions)
        service = self.service
        rebuild_changed(self.engine, service.read_models, service.parse, partitions, self.settings.log_url)
        self.projector.prepare()
        self.reactor.prepare()

    def refuse_unmigrated(self) -> None:
        """Raise before anybody is answered, when the database was never brought to a schema."""
        if not inspect(self.engine).has_table(counters.name):
            raise NotMigrated(f"the database has no tables yet: python -m crm_{self.service.name} migrate makes them")

    async def create_topics(self) -> None:
        """The service's own topic, and those it hears: all have the same number of partitions."""
        heard = (topics for consumer in (self.projector, self.reactor) for topics in consumer.topics.values())
        for topic in sorted({self.service.topic}.union(*heard)):
            await self.log.create_topic(topic, self.settings.partitions)

    def visible(self, position: str) -> bool:
        """Whether every read model shows this position of the service's own store."""
        return is_visible(self.engine, self.service.topic, position)

    @cached_property
    def projector(self) -> Projector:
        """Keeps the read models."""
        return Projector(
            self.engine,
            self.service.read_models,
            self.service.parse,
            self.clock,
            partitions=self.settings.partitions,
            parking=self.settings.parked_most,
        )

    @cached_property
    def reactor(self) -> Reactor:
        """Hears the events that policies, deadlines and effects are about, and acts on them."""
        service = self.service
        effects = service.effects(self.settings, self.application, self.engine, self.clock)
        reactions: tuple[Policy | Deadline | Effect, ...] = (*service.policies, *service.deadlines, *effects)
        return Reactor(
            self.application,
            service.parse,
            self.clock,
            policies=service.policies,
            deadlines=service.deadlines,
            effects=effects,
            topics=frozenset(f"crm.{reaction.whenever.TYPE.split('.')[1]}.v1" for reaction in reactions),
            partitions=self.settings.partitions,
            parking=self.settings.parked_most,
        )

    @property
    def reacts(self) -> bool:
        """Whether the service hears anything it acts on."""
        return any(self.reactor.topics.values())

    def relaying(self) -> Run:
        """Store to log."""
        relay = Relay(
            self.application.store,
            self.application.mapper,
            self.service.publish,
            self.tracing.log(self.log) if self.tracing else self.log,
            open_ownership(self.engine),
            topic=self.service.topic,
            batch=self.settings.relay_batch,
        )
        return partial(relay.run, poll=self.settings.poll_seconds)

    def following(self, consumer: EventConsumer, *, group: str) -> Run:
        """Log to `consumer`: as one of a group on Kafka, alone on the embedded default."""
        settings = self.settings
        if self.tracing:
            consumer.around_batch = self.tracing.around_batch(consumer)
        topics = frozenset().union(*consumer.topics.values())
        if settings.log_url.startswith("kafka://"):
            name = f"crm-{self.service.name}-{group}"
            return KafkaConsumer(consumer, settings.log_url, topics, group=name, batch=settings.project_batch).run
        follower = PollingConsumer(consumer, self.log, topics, batch=settings.project_batch)
        return partial(follower.run, poll=settings.poll_seconds)

    def ticking(self) -> Run:
        """Fires the deadlines that have come."""
        return Ticker(self.application, self.clock).run

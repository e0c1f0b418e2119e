"""The background tasks of a service: relay, projector, reactor and ticker. Each runs until it is stopped."""

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
from crm_events import topic_of_publisher

if TYPE_CHECKING:
    from crm_chassis.tracing.spans import Tracing

Run = Callable[[asyncio.Event], Coroutine[Any, Any, None]]


class NotMigrated(Exception):
    """An operation on a database that has no schema yet."""


@dataclass(frozen=True, kw_only=True)
class ServiceRuntime:
    """One service on its database and its log, with none of its tasks started."""

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
        """Open the database without creating anything in it."""
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
        """Bring the database to the schema of this code, and rebuild the read models of another version."""
        partitions = self.settings.partitions
        migrate(self.engine, partitions=partitions)
        service = self.service
        rebuild_changed(self.engine, service.read_models, service.parse, partitions, self.settings.log_url)
        self.projector.prepare()
        self.reactor.prepare()

    def refuse_unmigrated(self) -> None:
        """Raise `NotMigrated` if the database has no schema, before any request is answered."""
        if not inspect(self.engine).has_table(counters.name):
            raise NotMigrated(f"the database has no tables yet: run python -m crm_{self.service.name} migrate")

    async def create_topics(self) -> None:
        """Create the topic of the service and those it consumes, all with the same number of partitions."""
        received = (topics for consumer in (self.projector, self.reactor) for topics in consumer.topics.values())
        for topic in sorted({self.service.topic}.union(*received)):
            await self.log.create_topic(topic, self.settings.partitions)

    def visible(self, position: str) -> bool:
        """Return True if every read model shows this position of the service's own store."""
        return is_visible(self.engine, self.service.topic, position)

    @cached_property
    def projector(self) -> Projector:
        """Return the consumer that keeps the read models."""
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
        """Return the consumer that runs policies, deadlines and effects."""
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
            topics=frozenset(topic_of_publisher(reaction.whenever.TYPE.split(".")[1]) for reaction in reactions),
            partitions=self.settings.partitions,
            parking=self.settings.parked_most,
        )

    @property
    def reacts(self) -> bool:
        """Return True if the service consumes events that it reacts to."""
        return any(self.reactor.topics.values())

    def relaying(self) -> Run:
        """Return the task that relays facts from the store to the log."""
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
        """Return the task that feeds records to `consumer`: in a group on Kafka, alone on the embedded log."""
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
        """Return the task that fires due deadlines."""
        return Ticker(self.application, self.clock).run

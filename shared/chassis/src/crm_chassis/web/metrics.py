"""Prometheus metrics of one process, with a registry per application, so that five fit in one process."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily

from crm_chassis.lag import RELAY, PlaceLag, ReaderLag
from crm_eventlog.store import Conflict

LATENCY = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
APPENDING = (0.001, 0.0025, *LATENCY)

# Name, description and value of each metric.
_OF_READERS: tuple[tuple[str, str, Callable[[ReaderLag], float]], ...] = (
    ("crm_reader_lag_events", "Events not processed yet.", lambda lag: lag.events),
    (
        "crm_reader_lag_seconds",
        "Age of the oldest unprocessed event; 0 if there is none.",
        lambda lag: lag.seconds,
    ),
    ("crm_reader_stopped_partitions", "Stopped partitions that wait for an operator.", lambda lag: len(lag.stopped)),
    ("crm_reader_still_seconds", "Time without progress while behind.", lambda lag: lag.still),
    ("crm_reader_parked_records", "Parked records that wait for an operator.", lambda lag: lag.parked_records),
    ("crm_reader_parked_keys", "Keys with parked records.", lambda lag: lag.parked_keys),
    ("crm_reader_parking_full", "1 if parking is full and the reader pauses.", lambda lag: lag.full),
)
_OF_PLACES: tuple[tuple[str, str, Callable[[PlaceLag], float]], ...] = (
    ("crm_projection_lag_events", "Events of this partition not processed yet.", lambda place: place.events),
    (
        "crm_projection_lag_seconds",
        "Age of the oldest unprocessed record, sampled every second; 0 if there is none.",
        lambda place: place.seconds,
    ),
    (
        "crm_projection_checkpoint_age_seconds",
        "Time since the checkpoint last moved; it also grows while nothing arrives.",
        lambda place: place.checkpoint_age,
    ),
    ("crm_projection_parked_records", "Parked records of this partition.", lambda place: place.parked_records),
    (
        "crm_projection_parked_keys",
        "Keys with parked records of this partition; a key may be parked in several topics.",
        lambda place: place.parked_keys,
    ),
)
_OF_RELAY: tuple[tuple[str, str, Callable[[ReaderLag], float]], ...] = (
    ("crm_relay_unpublished_events", "Stored facts that are not relayed yet.", lambda lag: lag.events),
    (
        "crm_relay_oldest_unpublished_seconds",
        "Age of the oldest fact that is not relayed yet; 0 if there is none.",
        lambda lag: lag.seconds,
    ),
)


class _Seen:
    """A collector of the current lag, made anew each time, so that a deleted generation disappears."""

    def __init__(self, service: str) -> None:
        self.service = service
        self.lags: Sequence[ReaderLag] = ()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield every metric with its current labels."""
        relays = [lag for lag in self.lags if lag.reader == RELAY]
        places = [place for lag in self.lags for place in lag.places]
        for name, says, of_reader in _OF_READERS:
            family = GaugeMetricFamily(name, says, labels=["service", "reader"])
            for lag in self.lags:
                family.add_metric([self.service, lag.reader], float(of_reader(lag)))
            yield family
        for name, says, of_relay in _OF_RELAY:
            family = GaugeMetricFamily(name, says, labels=["service"])
            for lag in relays:
                family.add_metric([self.service], float(of_relay(lag)))
            yield family
        for name, says, of_place in _OF_PLACES:
            labels = ["service", "reader", "generation", "topic", "partition"]
            family = GaugeMetricFamily(name, says, labels=labels)
            for place in places:
                where = [place.reader, str(place.generation), place.topic, str(place.partition)]
                family.add_metric([self.service, *where], float(of_place(place)))
            yield family


class Metrics:
    """The metrics of one service: requests, appends and lag."""

    def __init__(self, service: str) -> None:
        self.registry = CollectorRegistry()
        labels = ["service", "method", "route"]
        self._requests = Counter("crm_http_requests", "Requests answered.", [*labels, "status"], registry=self.registry)
        self._seconds = Histogram(
            "crm_http_request_seconds", "Time to answer.", labels, buckets=LATENCY, registry=self.registry
        )
        self._appends = Histogram(
            "crm_store_append_seconds",
            "Time to append the facts of one command, refused or not.",
            ["service"],
            buckets=APPENDING,
            registry=self.registry,
        ).labels(service)
        self._conflicts = Counter(
            "crm_store_append_conflicts",
            "Appends refused because another command was faster.",
            ["service"],
            registry=self.registry,
        ).labels(service)
        self._seen = _Seen(service)
        self.registry.register(self._seen)
        self._service = service

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        self._requests.labels(self._service, method, route, str(status)).inc()
        self._seconds.labels(self._service, method, route).observe(seconds)

    @contextmanager
    def appending(self) -> Iterator[None]:
        """Measure one append to the store."""
        started = time.perf_counter()
        try:
            yield
        except Conflict:
            self._conflicts.inc()
            raise
        finally:
            self._appends.observe(time.perf_counter() - started)

    def text(self, lags: Sequence[ReaderLag]) -> bytes:
        """Return all metrics, with the current lag."""
        self._seen.lags = lags
        return generate_latest(self.registry)

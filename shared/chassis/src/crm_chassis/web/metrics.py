"""The figures of one process for Prometheus; a registry per application, so that five fit in one process."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

LATENCY = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class ReaderLag:
    """How far one reader is behind what it reads.

    `events` are not yet taken in, `stopped` are partitions that wait for a person with the reason,
    `still` is for how many seconds it has not moved although it is behind.
    """

    reader: str
    events: int
    stopped: tuple[str, ...] = ()
    still: float = 0.0


Lags = Callable[[], Sequence[ReaderLag]]


class Metrics:
    """Requests and lag of one service."""

    def __init__(self, service: str) -> None:
        self.registry = CollectorRegistry()
        labels = ["service", "method", "route"]
        self._requests = Counter("crm_http_requests", "Requests answered.", [*labels, "status"], registry=self.registry)
        self._seconds = Histogram(
            "crm_http_request_seconds", "Time to answer.", labels, buckets=LATENCY, registry=self.registry
        )
        self._lag = Gauge(
            "crm_reader_lag_events", "Events not yet taken in.", ["service", "reader"], registry=self.registry
        )
        self._stopped = Gauge(
            "crm_reader_stopped_partitions",
            "Partitions that wait for a person.",
            ["service", "reader"],
            registry=self.registry,
        )
        self._still = Gauge(
            "crm_reader_still_seconds",
            "Time without a move while behind.",
            ["service", "reader"],
            registry=self.registry,
        )
        self._service = service

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request."""
        self._requests.labels(self._service, method, route, str(status)).inc()
        self._seconds.labels(self._service, method, route).observe(seconds)

    def text(self, lags: Sequence[ReaderLag]) -> bytes:
        """All figures, with the lag as it is now."""
        for lag in lags:
            self._lag.labels(self._service, lag.reader).set(lag.events)
            self._stopped.labels(self._service, lag.reader).set(len(lag.stopped))
            self._still.labels(self._service, lag.reader).set(lag.still)
        return generate_latest(self.registry)

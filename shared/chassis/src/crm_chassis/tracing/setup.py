"""Set-up of traces. OpenTelemetry is loaded only if its standard environment variables are set."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import structlog

from crm_chassis.service import Service

if TYPE_CHECKING:
    from crm_chassis.tracing.spans import Tracing

log = structlog.get_logger(__name__)

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
SPOKEN = "http/protobuf"


class ProtocolNotSpoken(Exception):
    """A request for traces over a protocol that is not supported."""


def tracing_of(service: Service, environment: Mapping[str, str]) -> "Tracing | None":
    """Return the service's tracing if an endpoint is set, else None. Raise `ProtocolNotSpoken`."""
    if not wanted(environment):
        return None
    protocol = next((environment[name] for name in _PROTOCOLS if environment.get(name)), SPOKEN)
    if protocol != SPOKEN:
        raise ProtocolNotSpoken(f"traces need {SPOKEN}, but {protocol} is set: use {_PROTOCOLS[1]}={SPOKEN}")
    from crm_chassis.tracing.spans import Tracing

    log.info("tracing enabled")
    return Tracing(service.name, service.version)


def wanted(environment: Mapping[str, str]) -> bool:
    """Return True if an endpoint is set and neither OTEL_SDK_DISABLED nor OTEL_TRACES_EXPORTER=none forbids it."""
    refused = (
        environment.get("OTEL_SDK_DISABLED", "").lower() == "true"
        or environment.get("OTEL_TRACES_EXPORTER", "").lower() == "none"
    )
    return not refused and any(environment.get(name) for name in _ENDPOINTS)

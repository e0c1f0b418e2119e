"""Routes for operators: liveness, readiness and metrics."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel, Field
from starlette.responses import Response

from crm_chassis.lag import ReaderLag
from crm_chassis.settings import ServiceSettings
from crm_chassis.web.metrics import Metrics

router = APIRouter(tags=["operations"])


class Alive(BaseModel):
    """The answer of a running process."""

    service: str
    version: str
    alive: bool = True


class ReaderState(BaseModel):
    """The state of one reader of the log: its lag, and where it stopped."""

    reader: str
    lag_events: int
    lag_seconds: float = Field(description="Age of the oldest unprocessed event; 0 if there is none.")
    stopped: list[str] = Field(
        default_factory=list, description="Stopped partitions that wait for an operator, with the reason."
    )
    still_seconds: float = Field(description="Seconds without progress while it is behind.")
    parked_records: int = Field(description="Parked records that wait for an operator.")
    parked_keys: int = Field(description="Keys with parked records.")


class Readiness(BaseModel):
    """The readiness of a service: its readers, and the reasons against it."""

    ready: bool
    reasons: list[str]
    readers: list[ReaderState]


@router.get("/health/live")
def live(request: Request) -> Alive:
    """Answer as long as the process runs."""
    service = request.app.state.service
    return Alive(service=service.name, version=service.version)


@router.get(
    "/health/ready",
    responses={503: {"model": Readiness, "description": "A reader is behind or stopped; the reasons say why."}},
)
def ready(request: Request) -> Readiness:
    """Answer 200 while every reader is close to the end of the log, makes progress and has not stopped."""
    lags = request.app.state.lags()
    reasons = [reason for lag in lags for reason in reasons_against(lag, request.app.state.settings)]
    readers = [_state_of(lag) for lag in lags]
    readiness = Readiness(ready=not reasons, reasons=reasons, readers=readers)
    return readiness if not reasons else JSONResponse(readiness.model_dump(), 503)  # type: ignore[return-value]


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
def metrics(request: Request) -> Response:
    """Return the metrics in the format of Prometheus."""
    measured: Metrics = request.app.state.metrics
    return Response(measured.text(request.app.state.lags()), media_type=CONTENT_TYPE_LATEST)


def _state_of(lag: ReaderLag) -> ReaderState:
    return ReaderState(
        reader=lag.reader,
        lag_events=lag.events,
        lag_seconds=round(lag.seconds, 3),
        stopped=list(lag.stopped),
        still_seconds=round(lag.still, 3),
        parked_records=lag.parked_records,
        parked_keys=lag.parked_keys,
    )


def reasons_against(lag: ReaderLag, settings: ServiceSettings) -> list[str]:
    """Return the reasons why this reader makes the service not ready, or none."""
    reasons = [f"{lag.reader} stopped at {stop}" for stop in lag.stopped]
    if lag.full:
        reasons.append(
            f"{lag.reader} pauses: {lag.parked_records} records of {lag.parked_keys} keys are parked, "
            "which is the limit: look at them with crm parked list"
        )
    if lag.events > settings.ready_lag_events:
        reasons.append(f"{lag.reader} is {lag.events} events behind; {settings.ready_lag_events} are tolerated")
    if lag.still > settings.ready_still_seconds:
        reasons.append(
            f"{lag.reader} has made no progress for {lag.still:.0f} s; {settings.ready_still_seconds:.0f} are tolerated"
        )
    return reasons

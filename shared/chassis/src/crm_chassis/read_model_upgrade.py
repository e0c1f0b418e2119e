"""Rebuilds of read models while they are served: of all changed ones on a deploy, of any on demand."""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, replace

import structlog
from sqlalchemy import Engine

from crm_eventlog.envelope import Parse
from crm_eventlog.projection import ReadModel
from crm_eventlog.rebuild import LogSource, Rebuild
from crm_eventlog.rebuild.generations import open_generation_store

log = structlog.get_logger(__name__)
_EVERY = 5.0


class _Progress:
    """A log line every few seconds with the records done, the speed and the time left."""

    def __init__(self, read_model: str, seconds: Callable[[], float]) -> None:
        self._read_model, self._seconds = read_model, seconds
        self._done = self._total = 0
        self._begun = self._told = seconds()

    def on(self, rebuild: Rebuild) -> Rebuild:
        """Return the rebuild with its progress reported here."""
        return replace(rebuild, on_progress=self.on_progress, on_total=self.on_total)

    def on_total(self, left: Mapping[int, int]) -> None:
        self._total = sum(left.values())

    def on_progress(self, _partition: int, records: int) -> None:
        self._done += records
        now = self._seconds()
        if now - self._told < _EVERY:
            return
        self._told = now
        speed = self._done / (now - self._begun)
        log.info(
            "rebuilding a read model",
            read_model=self._read_model,
            records=self._done,
            of=self._total,
            per_second=round(speed),
            seconds_left=round((self._total - self._done) / speed),
        )


class NoSuchReadModel(Exception):
    """The service has no read model of this name."""


def rebuild_one(
    engine: Engine,
    read_models: Iterable[ReadModel],
    parse: Parse,
    partitions: int,
    log_url: str,
    *,
    name: str,
    how: str,
    seconds: Callable[[], float] = time.monotonic,
) -> bool:
    """Rebuild one read model and `swap` it in, only `verify` it, or roll `back`.

    Log the comparison, table by table. Return False only if `verify` found a difference.
    """
    models = {model.name: model for model in read_models}
    if name not in models:
        raise NoSuchReadModel(f"{name}; the service has {', '.join(sorted(models))}")
    progress = _Progress(name, seconds)
    rebuild = progress.on(Rebuild(engine, models[name], parse, partitions, LogSource(log_url)))
    if how == "back":
        before, now = asyncio.run(rebuild.roll_back())
        log.info("rolled back", read_model=name, before=before.number, now=now.number)
        return True
    report = asyncio.run(rebuild.verify() if how == "verify" else rebuild.swap())
    for table in report.tables:
        log.info("compared", read_model=name, **asdict(table))
    log.info(
        "rebuilt",
        read_model=name,
        same=report.same,
        served=report.served,
        records=report.records,
        seconds=round(report.seconds, 1),
        set_aside=report.parked,
        lag=report.lag,
        commands=report.commands,
        effects=report.effects,
    )
    return report.same or how == "swap"


def rebuild_changed(
    engine: Engine,
    read_models: Iterable[ReadModel],
    parse: Parse,
    partitions: int,
    log_url: str,
    *,
    seconds: Callable[[], float] = time.monotonic,
) -> None:
    """Rebuild and swap in every read model whose served rows another version of the code built.

    If the generation kept before has the version of this code, serve it again at once: that rolls back a deploy.
    """
    for model in read_models:
        generations = open_generation_store(engine, model.name)
        served = generations.served()
        if served is None or served.version == model.version:
            continue
        progress = _Progress(model.name, seconds)
        rebuild = progress.on(Rebuild(engine, model, parse, partitions, LogSource(log_url)))
        kept = served.kept is not None and generations.exists(served.kept) and generations.built(served.kept)
        if kept and kept.version == model.version:
            asyncio.run(rebuild.roll_back())
        else:
            asyncio.run(rebuild.swap())
        log.info("read model changed", read_model=model.name, before=served.version, now=model.version)

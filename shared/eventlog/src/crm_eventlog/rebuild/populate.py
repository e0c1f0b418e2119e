"""Population of a generation up to given end offsets, batch by batch, with progress."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping

import structlog

from crm_eventlog.consumer import Stopped
from crm_eventlog.consumer.errors import TRANSIENT
from crm_eventlog.projection import Projector
from crm_eventlog.rebuild.source import Place, Source

_log = structlog.get_logger(__name__)
_PATIENCE = 1.0
_ATTEMPTS = 10

# Called with the partition and the number of its records just processed.
ProgressCallback = Callable[[int, int], None]


class UnprocessableEvent(Exception):
    """A partition that stopped. The generation would have a gap."""

    def __init__(self, stopped: Stopped) -> None:
        super().__init__(f"{stopped.topic}[{stopped.partition}] at offset {stopped.offset}: {stopped.reason}")


async def populate(
    projector: Projector,
    source: Source,
    ends: Mapping[Place, int],
    *,
    on_progress: ProgressCallback,
    batch: int = 5_000,
) -> None:
    """Read from the generation's own checkpoints to `ends`. After an interruption, the next call continues."""
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            await _fill(projector, source, ends, on_progress, batch)
        except TRANSIENT as error:
            if attempt == _ATTEMPTS:
                raise
            _log.warning("rebuild waits to retry", error_type=type(error).__name__)
            await asyncio.sleep(_PATIENCE)
        else:
            return


async def _fill(
    projector: Projector, source: Source, ends: Mapping[Place, int], on_progress: ProgressCallback, batch: int
) -> None:
    needed = await asyncio.to_thread(projector.positions)
    batches = source.batches({place: needed[place] for place in ends}, ends, batch)
    coming = await anext(batches, None)
    while coming:
        records = coming
        folding = asyncio.create_task(asyncio.to_thread(projector.process_batch, records))
        try:
            # The next batch is read while this one is written.
            coming = await anext(batches, None)
        finally:
            await folding
        for stopped in projector.stopped.values():
            raise UnprocessableEvent(stopped)
        for partition, count in Counter(record.partition for record in records).items():
            on_progress(partition, count)

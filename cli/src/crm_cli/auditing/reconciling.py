"""Every store of a house against its topic."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

from aiokafka.errors import KafkaError

from crm_cli.auditing.stores import damage_told, log_url_at, stores_at, translator_of
from crm_cli.leaving import CannotBeDone
from crm_cli.places import Place
from crm_cli.services import SERVICES
from crm_eventlog.audit import Reconciled, reconcile
from crm_eventlog.log import TopicMissing, open_log


class LogUnreadable(CannotBeDone):
    """The log does not answer, or has no such topic."""


async def reconcile_all(place: Place, progress: Callable[[int, int], None]) -> dict[str, list[Reconciled]]:
    """Service -> its partitions; `progress` hears of records compared and of all records."""
    url = log_url_at(place)
    log = open_log(url, lambda: datetime.now(UTC))
    done = 0
    try:
        with stores_at(place) as stores, damage_told():
            ends = [await log.end_offsets(SERVICES[name].topic) for name in stores]
            expected = sum(sum(of_topic.values()) for of_topic in ends)

            def advance(compared: int) -> None:
                nonlocal done
                done += compared
                progress(done, max(done, expected))

            return {
                name: await reconcile(store, translator_of(name), log, SERVICES[name].topic, progress=advance)
                for name, store in stores.items()
            }
    except (KafkaError, TimeoutError, OSError, TopicMissing) as trouble:
        raise LogUnreadable(f"the log {url} cannot be read: {type(trouble).__name__} {trouble}".rstrip()) from trouble
    finally:
        await asyncio.shield(log.close())

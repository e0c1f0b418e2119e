"""The comparison of every store with its topic."""

import asyncio
from collections.abc import Callable

from aiokafka.errors import KafkaError

from crm_chassis.clock import now
from crm_cli.data_folder import DataFolder
from crm_cli.errors import CliError
from crm_cli.services import SERVICES
from crm_cli.stores import report_damage, stores_at, translator_of
from crm_cli.targets import log_url_at
from crm_eventlog.audit import ReconciliationResult, reconcile
from crm_eventlog.log import TopicMissing, open_log


class LogUnreadable(CliError):
    """A log that does not answer, or does not have the topic."""


async def reconcile_all(
    data_folder: DataFolder, progress: Callable[[int, int], None]
) -> dict[str, list[ReconciliationResult]]:
    """Return service -> its partitions; call `progress` with the records compared and all records."""
    url = log_url_at(data_folder)
    log = open_log(url, now)
    done = 0
    try:
        with stores_at(data_folder) as stores, report_damage():
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

"""A rebuild in a process to be killed. It prints a word after every batch."""

import asyncio
import sys

from crm_eventlog.rebuild import LogSource, Rebuild
from crm_eventlog.store import open_engine
from shared.eventlog.tests.rebuild.states import MODEL
from shared.eventlog.tests.support.notes import PARTITIONS, parse


def main(database_url: str, log_url: str, workers: str) -> None:
    """Build generation 2, two records at a time."""

    def on_progress(partition: int, records: int) -> None:
        sys.stdout.write(f"{partition} {records}\n")
        sys.stdout.flush()

    engine = open_engine(database_url)
    rebuild = Rebuild(
        engine, MODEL, parse, PARTITIONS, LogSource(log_url), workers=int(workers), batch=2, on_progress=on_progress
    )
    asyncio.run(rebuild.swap())


if __name__ == "__main__":
    main(*sys.argv[1:])

"""`make bench`: measure everything on real PostgreSQL and Kafka, show it, and keep it in results.json."""

import argparse
import logging
import os
import secrets
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

import structlog
from rich.console import Console

from benchmarks import append, audit, history_page, live, project, rebuild, relay
from benchmarks.figures import Figure, show, write
from crm_eventlog.gc_tuning import relax_gc
from crm_local import databases
from crm_local.find import find_kafka, find_postgres

SIZES = (10_000, 100_000)
MILLION = 1_000_000
RESULTS = Path(__file__).parent / "results.json"
MEASURES = ("append", "relay", "live", "project", "rebuild", "page", "audit")


def main() -> int:
    """Run the measures named on the command line, or all of them; exit code 1 when a figure falls short."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", epilog="example: python -m benchmarks relay project")
    parser.add_argument("measure", nargs="*", metavar="MEASURE", help=f"{', '.join(MEASURES)}; all when left out")
    parser.add_argument("--million", action="store_true", help="also with a million facts, where a measure grows")
    given = parser.parse_args()
    asked = given.measure or MEASURES
    if unknown := set(asked) - set(MEASURES):
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(MEASURES)}")
    # As every process of a service does.
    relax_gc()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    console = Console()
    with ExitStack() as ending:
        postgres, kafka = find_postgres().begin(ending), find_kafka().begin(ending)
        console.print(f"PostgreSQL: {postgres.whence}\nKafka: {kafka.whence}")
        figures = _measured(asked, _maker(postgres.address), kafka.address, console, million=given.million)
    show(figures, console)
    if set(asked) == set(MEASURES):
        write(figures, RESULTS)
        console.print(f"kept in {RESULTS.name}")
    return 1 if any(figure.falls_short for figure in figures) else 0


def _measured(
    asked: Sequence[str], fresh_database: Callable[[], str], kafka: str, console: Console, *, million: bool
) -> list[Figure]:
    sizes = (*SIZES, MILLION) if million else SIZES
    measures: dict[str, Callable[[], list[Figure]]] = {
        "append": lambda: append.measure(fresh_database, sizes),
        "relay": lambda: relay.measure(fresh_database, kafka, sizes),
        "live": lambda: live.measure(fresh_database, kafka),
        "project": lambda: project.measure(fresh_database, kafka),
        "rebuild": lambda: rebuild.measure(fresh_database, kafka, sizes),
        "page": lambda: history_page.measure(fresh_database, kafka),
        "audit": lambda: audit.measure(fresh_database, sizes),
    }
    figures = []
    for number, name in enumerate(asked, 1):
        load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
        console.print(f"measuring {name} ({number} of {len(asked)}, about a minute; load of the machine {load})")
        figures += measures[name]()
    return figures


def _maker(server: str) -> Callable[[], str]:
    """Make an empty database nobody else uses."""
    return lambda: databases.create_database(server, f"bench_{secrets.token_hex(6)}")


if __name__ == "__main__":
    sys.exit(main())

"""The order in which pytest-xdist hands tests to its workers: whole files, those that take long before others.

A file goes to one worker, so what a module's fixture builds is built once. What `TOGETHER` lists goes to one worker
as a whole. A run on one process keeps pytest's own order.
"""

import os
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from xdist.scheduler.protocol import Scheduling

# The beginning of a path -> the name of what it belongs to.
TOGETHER = {
    # Their tests kill, freeze and measure, and take turns.
    "tests/faults/": "faults",
    # Five services at work, once for all journeys; topics of the services' names on Kafka belong to one test at a time.
    "tests/journeys/": "journeys",
    "tests/deploy/test_runbooks.py": "journeys",
}
# Minutes rather than seconds: begun last, they would keep one core busy while the other has nothing to do.
FIRST = (
    "journeys",
    "tests/test_readme.py",
    "faults",
    "cli/",
    "deploy/local/",
    "tests/simulation/",
    "shared/eventlog/tests/rebuild/",
    "shared/chassis/",
)


def unit_of(test: str) -> str:
    """Return what goes to a worker as a whole, by the id of a test: its file, or what that belongs to."""
    file = test.partition("::")[0]
    return next((unit for start, unit in TOGETHER.items() if file.startswith(start)), file)


def rank(unit: str) -> int:
    """Return the place of a unit before others; the ranks of all that is not listed are equal."""
    return next((place for place, start in enumerate(FIRST) if unit.startswith(start)), len(FIRST))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the long files first in a worker; whoever runs alone keeps the order of pytest."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: rank(unit_of(item.nodeid)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """Start a worker more than there are cores for `-n auto`: tests of servers wait a third of their time."""
    return (os.cpu_count() or 1) + 1 if config.option.numprocesses == "auto" else None


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> "Scheduling | None":
    """Hand out whole files, in the order of the workers' collections, where `--dist=loadfile` asks for files."""
    if config.getoption("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadScopeScheduling

    class WholeFiles(LoadScopeScheduling):
        """A schedule of files, and of folders that stay together."""

        def _split_scope(self, nodeid: str) -> str:
            return unit_of(nodeid)

    config.option.loadscopereorder = False
    return WholeFiles(config, log)

"""The order in which pytest-xdist hands files of tests to its workers: whole files, those that take long before others.

A file goes to one worker, so what a module's fixture builds is built once. The folders of `TOGETHER` go to one worker
each: their tests kill, freeze and measure, and take turns. A run on one process keeps pytest's own order.
"""

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from xdist.scheduler.protocol import Scheduling

TOGETHER = ("tests/faults/",)
# Minutes rather than seconds: begun last, they would keep one core busy while the other has nothing to do.
FIRST = ("tests/faults/", "tests/test_readme.py", "tests/journeys/", "tests/contracts/", "tests/simulation/", "cli/")


def unit_of(test: str) -> str:
    """Return what goes to a worker as a whole, by the id of a test: its file, or its folder."""
    file = test.partition("::")[0]
    return next((folder for folder in TOGETHER if file.startswith(folder)), file)


def rank(unit: str) -> int:
    """Return the place of a unit before others; the ranks of all that is not listed are equal."""
    return next((place for place, start in enumerate(FIRST) if unit.startswith(start)), len(FIRST))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the long files first in a worker; whoever runs alone keeps the order of pytest."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: rank(unit_of(item.nodeid)))


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

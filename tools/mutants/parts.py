"""The parts of the code that are judged, each with the sources that are changed and the suite that must notice."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLATFORM = "shared/eventlog/src/crm_eventlog"


@dataclass(frozen=True)
class Part:
    """One row of the report: its name, globs of its sources, and the folder or files of its own suite.

    `under` names packages of the project that lie under these sources, and so are the same for every mutant of them.
    """

    name: str
    sources: tuple[str, ...]
    suite: tuple[str, ...]
    left_out: tuple[str, ...] = ()
    under: tuple[str, ...] = ()

    def files(self) -> list[Path]:
        """List the sources that are changed, from the root of the project."""
        found = {path for pattern in self.sources for path in ROOT.glob(pattern)}
        without = {path for pattern in self.left_out for path in ROOT.glob(pattern)}
        return sorted(path.relative_to(ROOT) for path in found - without)

    def tests(self) -> Iterator[Path]:
        """List every file the suite is made of, from the root of the project."""
        for place in self.suite:
            path = ROOT / place
            yield from sorted(each.relative_to(ROOT) for each in ([path] if path.is_file() else path.rglob("*.py")))

    def shared_by_tests(self) -> list[Path]:
        """List what all tests of the suite may stand on: worlds, fixtures, helpers, and the fixtures of the project."""
        return [*(path for path in self.tests() if not path.name.startswith("test_")), Path("conftest.py")]


def _service(name: str) -> Part:
    return Part(name, (f"services/{name}/src/**/*.py",), (f"services/{name}/tests",), under=_UNDER_SERVICES)


def _platform(name: str, *sources: str, left_out: tuple[str, ...] = ()) -> Part:
    within = tuple(f"{PLATFORM}/{source}" for source in sources)
    without = tuple(f"{PLATFORM}/{source}" for source in left_out)
    return Part(name, within, ("shared/eventlog/tests",), without)


_UNDER_HISTORY = ("crm_chassis.testing", "crm_chassis.runner", "crm_events")
_UNDER_SERVICES = (*_UNDER_HISTORY, "crm_history")
_PARKING = ("consumer/parking.py", "consumer/redriving.py", "consumer/plan.py", "consumer/errors.py")

PARTS = {
    part.name: part
    for part in (
        _platform("store", "store/*.py", "facts.py", "application.py", "envelope.py", "aggregate.py"),
        _platform("relay", "relay.py", "ownership.py", "publishing.py"),
        _platform("projection", "projection/*.py", "consumer/*.py", "upserts.py", left_out=_PARKING),
        _platform("parking", *_PARKING),
        _platform("reactions", "reactions/*.py"),
        _platform("rebuild", "rebuild/**/*.py"),
        Part("history", ("shared/history/src/**/*.py",), ("shared/history/tests",), under=_UNDER_HISTORY),
        *(_service(name) for name in ("contacts", "sales", "marketing", "support", "loyalty")),
        Part(
            "import",
            ("cli/src/crm_cli/import_customers/*.py",),
            ("cli/tests/import_customers",),
            left_out=("cli/src/crm_cli/import_customers/command.py",),
            under=(*_UNDER_SERVICES, "crm_contacts.service"),
        ),
    )
}
"""From the ground up, so that what lies under a part can stay loaded for the parts above it."""

"""A recording of a suite: how long each test takes, and which lines of the project it runs (coverage contexts).

What a shared fixture runs while it is set up is noted under the fixture, and counts for every test that asks for it:
one world per suite is used by many tests, and all of them look at what it did.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import coverage
import pytest

from tools.mutants.parts import ROOT

SHARED = "fixture "
# Whether a test fails is all that is asked: assertions need no rewriting, and failures no explanation.
_BRIEF = ("-q", "--no-header", "--assert=plain", "--tb=short", "--show-capture=no")
AFRESH = (*_BRIEF, "-p", "no:cacheprovider", "--hypothesis-seed=0")


@dataclass
class Recording:
    """Seconds of each test, and for each file and line the tests that ran it."""

    seconds: dict[str, float] = field(default_factory=dict)
    tests_of: dict[str, dict[int, list[str]]] = field(default_factory=dict)

    def tests_at(self, path: Path, lines: Iterable[int]) -> set[str]:
        """Name every test that ran one of these lines."""
        of_file = self.tests_of.get(str(path), {})
        return {test for line in lines for test in of_file.get(line, ())}

    def without(self, file: str) -> "Recording":
        """Forget the tests of a file."""
        seconds = {test: each for test, each in self.seconds.items() if file_of(test) != file}
        lines = {
            path: {line: [test for test in tests if file_of(test) != file] for line, tests in of_file.items()}
            for path, of_file in self.tests_of.items()
        }
        return Recording(seconds, lines)

    def and_also(self, other: "Recording") -> "Recording":
        """Put two recordings of different tests together."""
        lines: dict[str, dict[int, list[str]]] = {}
        for recording in (self, other):
            for path, of_file in recording.tests_of.items():
                for line, tests in of_file.items():
                    lines.setdefault(path, {}).setdefault(line, []).extend(tests)
        return Recording({**self.seconds, **other.seconds}, lines)

    def write(self, path: Path) -> None:
        """Keep it as JSON."""
        names = {name: number for number, name in enumerate(self.seconds)}
        lines = {
            file: {line: sorted(names[test] for test in tests) for line, tests in of_file.items()}
            for file, of_file in self.tests_of.items()
        }
        path.write_text(json.dumps({"seconds": self.seconds, "lines": lines}), "utf-8")

    @classmethod
    def read(cls, path: Path) -> "Recording":
        """Take it back from JSON."""
        kept = json.loads(path.read_text("utf-8"))
        names = list(kept["seconds"])
        lines = {
            file: {int(line): [names[test] for test in tests] for line, tests in of_file.items()}
            for file, of_file in kept["lines"].items()
        }
        return cls(kept["seconds"], lines)


class _Contexts:
    """Switches the context of the coverage with each test, and with each shared fixture that is set up."""

    def __init__(self, measuring: coverage.Coverage) -> None:
        self.measuring = measuring
        self.seconds: dict[str, float] = defaultdict(float)
        self.asks_for: dict[str, set[str]] = {}
        self.failed: list[str] = []
        self._test = ""

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Note which fixtures each test asks for, itself or through others."""
        for item in session.items:
            known: Mapping[str, Sequence[Any]] = item._fixtureinfo.name2fixturedefs  # type: ignore[attr-defined]
            self.asks_for[item.nodeid] = {_name(each) for definitions in known.values() for each in definitions}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Record this test for everything that runs from here on."""
        self._test = item.nodeid
        self.measuring.switch_context(item.nodeid)
        outcome = yield
        self.measuring.switch_context("")
        return outcome

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Iterator[None]:
        """Note under the fixture what is run for all who ask for it."""
        if fixturedef.scope == "function":
            return (yield)
        self.measuring.switch_context(_name(fixturedef))
        try:
            return (yield)
        finally:
            self.measuring.switch_context(self._test)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add up the time; a suite that fails by itself judges nothing."""
        self.seconds[report.nodeid] += report.duration
        if report.failed:
            self.failed.append(report.nodeid)

    def recording(self) -> Recording:
        """Turn the contexts of every line into the tests that are concerned."""
        users: dict[str, list[str]] = defaultdict(list)
        for test, fixtures in self.asks_for.items():
            users[test].append(test)
            for fixture in fixtures:
                users[fixture].append(test)
        measured, lines = self.measuring.get_data(), {}
        for file in measured.measured_files():
            contexts = measured.contexts_by_lineno(file)
            lines[str(Path(file).relative_to(ROOT))] = {
                line: sorted({test for context in named for test in users.get(context, ()) if test in self.seconds})
                for line, named in contexts.items()
            }
        return Recording(dict(self.seconds), lines)


def file_of(test: str) -> str:
    """Name the file of a test."""
    return test.partition("::")[0]


def _name(fixture: Any) -> str:
    return f"{SHARED}{fixture.baseid}:{fixture.argname}"


def record(suite: Sequence[str], sources: Sequence[str], into: Path) -> list[str]:
    """Run the suite once and write its recording; name the tests that failed instead when there are any."""
    measuring = coverage.Coverage(data_file=None, source=[str(ROOT / source) for source in sources], messages=False)
    contexts = _Contexts(measuring)
    measuring.start()
    code = pytest.main([*AFRESH, *suite], plugins=[contexts])
    measuring.stop()
    if code != pytest.ExitCode.OK:
        return contexts.failed or [f"pytest ended with {code!r}"]
    contexts.recording().write(into)
    return []

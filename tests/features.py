"""The proven features of the catalogue, and the tests that prove them: a run of everything writes `docs/features.md`.

`@pytest.mark.feature("C40")` on a test claims a row of `docs/catalogue`; the claim counts when the test passes. A test
that was skipped or failed claims nothing. A run of everything compares the page with what it proved and fails when they
differ; `--write-features` writes it instead. Where pytest-xdist shares the tests among workers, each tells its leader
what became of its claims, and the leader settles the page.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

CATALOGUE = Path("docs/catalogue")
PAGE = Path("docs/features.md")
KEY = pytest.StashKey["Claims"]()
CARRIED = "features"
ROW = re.compile(r"^\| ([A-Z]\d+) \| (.+) \| [^|]+ \| [^|]+ \|$", re.MULTILINE)
PREFACE = """# Features

What passing tests prove of the [catalogue](catalogue/README.md). Written by `make docs`; change the tests, not this.
"""


@dataclass(frozen=True)
class Area:
    """One part of the catalogue: its name and its rows, id -> feature."""

    name: str
    features: Mapping[str, str]


def catalogue(folder: Path) -> list[Area]:
    """List every area that has rows, in the order of the files."""
    texts = [path.read_text("utf-8") for path in sorted(folder.glob("*.md"))]
    titles = [re.sub(r" \(\d+\)$", "", text.partition("\n")[0].removeprefix("# ")) for text in texts]
    areas = [Area(title, dict(ROW.findall(text))) for title, text in zip(titles, texts, strict=True)]
    return [area for area in areas if area.features]


def page(areas: Iterable[Area], proven: Mapping[str, Iterable[str]]) -> str:
    """Write the count per area, then every proven feature with the tests that prove it."""
    counts = ["| area | features | proven |", "|---|---|---|"]
    tables = []
    for area in areas:
        ids = [each for each in area.features if each in proven]
        counts.append(f"| {area.name} | {len(area.features)} | {len(ids)} |")
        rows = [f"| {each} | {area.features[each]} | {_tests(proven[each])} |" for each in ids]
        if rows:
            tables.append("\n".join([f"## {area.name}\n", "| id | feature | proven by |", "|---|---|---|", *rows]))
    return "\n\n".join([PREFACE + "\n" + "\n".join(counts), *tables]) + "\n"


def function_of(test: str) -> str:
    """Return the id of a test without its case."""
    return test.partition("[")[0]


def _tests(names: Iterable[str]) -> str:
    return "<br>".join(f"`{name}`" for name in sorted(names))


@dataclass
class Claims:
    """The claims that the marks of this run make, and the outcome of each."""

    page: Path
    areas: list[Area]
    write: bool
    whole: bool
    of_test: dict[str, tuple[str, ...]] = field(default_factory=dict)
    passed: dict[str, bool] = field(default_factory=dict)
    verdict: str | None = None

    def proven(self) -> Mapping[str, set[str]]:
        """Map the ids to the tests that prove them: where several cases claim a feature, all of them must pass."""
        claimed = [(feature, test) for test, features in self.of_test.items() for feature in features]
        failed = {(feature, function_of(test)) for feature, test in claimed if not self.passed.get(test)}
        found = defaultdict(set)
        for feature, test in claimed:
            if (feature, function_of(test)) not in failed:
                found[feature].add(function_of(test))
        return found

    def unproven(self) -> list[str]:
        """Name the tests whose claim does not count: they were skipped or failed."""
        return sorted({function_of(test) for test in self.of_test if not self.passed.get(test)})

    def carried(self) -> dict[str, Any]:
        """Return what a worker tells its leader."""
        return {"of_test": self.of_test, "passed": self.passed, "whole": self.whole}

    def take_over(self, carried: Mapping[str, Any]) -> None:
        """Add what a worker told; each of them collected every claim and ran some of the tests."""
        self.of_test.update(carried["of_test"])
        self.passed.update(carried["passed"])
        self.whole = self.whole and carried["whole"]

    def settle(self) -> bool:
        """Write or compare the page when the run can tell; return False when the page is stale."""
        if not self.whole or not self.areas:
            return True
        text, unproven = page(self.areas, self.proven()), self.unproven()
        without = f", and these tests did not pass: {', '.join(unproven)}" if unproven else ""
        if self.write:
            self.page.write_text(text, "utf-8")
            self.verdict = f"{PAGE} written{without}"
        elif not self.page.exists() or self.page.read_text("utf-8") != text:
            self.verdict = f"{PAGE} is stale{without}; `make docs` writes it again"
            return False
        return True


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer to write the page."""
    parser.addoption("--write-features", action="store_true", help=f"write {PAGE} from the tests that pass")


def pytest_configure(config: pytest.Config) -> None:
    """Read the catalogue."""
    config.addinivalue_line("markers", "feature(*ids): the rows of docs/catalogue that this test proves")
    # A worker is given its tests by its leader, who alone knows whether they are all.
    everything = config.args_source is pytest.Config.ArgsSource.TESTPATHS and not config.option.collectonly
    config.stash[KEY] = Claims(
        page=config.rootpath / PAGE,
        areas=catalogue(config.rootpath / CATALOGUE),
        write=config.option.write_features,
        whole=(everything or worker(config)) and not config.option.keyword,
    )


def worker(config: pytest.Config) -> bool:
    """Tell whether this process is a worker of pytest-xdist."""
    return hasattr(config, "workerinput")


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """Take over the claims of a worker; one that died proved nothing."""
    if carried := getattr(node, "workeroutput", {}).get(CARRIED):
        node.config.stash[KEY].take_over(carried)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Note every claim; an id that the catalogue does not have is a mistake."""
    claims = config.stash[KEY]
    known = {feature for area in claims.areas for feature in area.features}
    for item in items:
        ids = tuple(feature for mark in item.iter_markers("feature") for feature in mark.args)
        if unknown := [feature for feature in ids if feature not in known]:
            raise pytest.UsageError(f"{item.nodeid} claims {', '.join(unknown)}, which {CATALOGUE} does not have")
        if ids:
            claims.of_test[item.nodeid] = ids


def pytest_deselected(items: list[pytest.Item]) -> None:
    """Note that a run which leaves out a claim cannot tell whether the page is stale."""
    for item in items:
        claims = item.config.stash[KEY]
        claims.whole = claims.whole and item.get_closest_marker("feature") is None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> object:
    """Count a claim when its test was called and every step of it passed."""
    report = yield
    claims = item.config.stash[KEY]
    if item.nodeid in claims.of_test:
        claims.passed[item.nodeid] = report.passed and (call.when == "setup" or claims.passed[item.nodeid])
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Settle the page; a stale one fails the run. A run that stopped early, or never began, cannot tell."""
    claims = session.config.stash[KEY]
    if worker(session.config):
        session.config.workeroutput[CARRIED] = claims.carried()  # type: ignore[attr-defined]
        return
    stopped = session.shouldstop or session.shouldfail
    ended = exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED) and not stopped
    nothing_ran = bool(claims.of_test) and not claims.passed
    if ended and not nothing_ran and not claims.settle():
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what became of the page."""
    if (verdict := config.stash[KEY].verdict) is not None:
        terminalreporter.section("features")
        terminalreporter.write_line(verdict)

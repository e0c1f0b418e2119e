"""Rules of the suites: what several tests use lies in a module of its own, imported by its full name."""

import re

import pytest

from tests.architecture.sources import ROOT, Module, suites

_TEST_MODULE = re.compile(r"(^|\.)test_\w+\.")


def borrowed(module: Module) -> list[str]:
    """Name what a module imports from a test module."""
    return [f"{module.path} imports {name}" for name in sorted(module.imports()) if _TEST_MODULE.search(name)]


def short_names(module: Module) -> list[str]:
    """Name what a module imports from beside it by less than its full name."""
    neighbours = {path.stem for path in (ROOT / module.path).parent.glob("*.py")}
    return [
        f"{module.path} imports {name}"
        for name in sorted(module.imports())
        if name.startswith(".") or name.partition(".")[0] in neighbours
    ]


def test_no_test_module_lends_its_helpers() -> None:
    assert [breach for module in suites() for breach in borrowed(module)] == []


@pytest.mark.parametrize("source", ["from shared.eventlog.tests.test_live import topic", "from test_live import topic"])
def test_whoever_borrows_from_a_test_module_is_caught(source: str) -> None:
    assert len(borrowed(Module("services.support.tests.test_api", source))) == 1


def test_every_helper_is_imported_by_its_full_name() -> None:
    assert [breach for module in suites() for breach in short_names(module)] == []


@pytest.mark.parametrize(
    "source", ["from .requirements import bare", "import requirements", "from requirements import bare"]
)
def test_a_helper_that_is_imported_by_less_than_its_full_name_is_caught(source: str) -> None:
    beside = next(module for module in suites() if module.name == "tests.architecture.test_suites")

    assert len(short_names(Module(beside.name, source, beside.path))) == 1

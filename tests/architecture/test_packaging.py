"""Rules of the distributions: each declares what its sources import, and all ask for the same version of a library."""

import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.architecture.requirements import bare
from tests.architecture.sources import ROOT, Module, modules, within

PROJECTS = tuple(sorted(path for part in ("*", "*/*") for path in ROOT.glob(f"{part}/pyproject.toml")))
_NAME = re.compile(r"^[\w.-]+(?:\[[^]]*])?\s*")


@dataclass(frozen=True)
class Distribution:
    """A `pyproject.toml`: the name and, by extra, the bound of every library; "" is the core."""

    name: str
    bounds: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def package(self) -> str:
        """Return the package it installs."""
        return self.name.replace("-", "_")

    def declared(self, *, for_tests: bool) -> frozenset[str]:
        """Return every library that its modules may import; only those that serve tests may use the extra `test`."""
        extras = [extra for extra in self.bounds if for_tests or extra != "test"]
        return frozenset(library for extra in extras for library in self.bounds[extra])


def distribution(text: str) -> Distribution:
    """Read a `pyproject.toml`."""
    project = tomllib.loads(text)["project"]
    lists = {"": project.get("dependencies", []), **project.get("optional-dependencies", {})}
    return Distribution(project["name"], {extra: _bounds(lines) for extra, lines in lists.items()})


def _bounds(requirements: Iterable[str]) -> dict[str, str]:
    return {bare(requirement): _NAME.sub("", requirement) for requirement in requirements}


@cache
def providers(package: str) -> frozenset[str]:
    """Return the libraries that install a package: one of them must be declared."""
    if package.startswith("crm_"):
        return frozenset({bare(package)})
    return frozenset(bare(name) for name in packages_distributions().get(package, [package]))


def undeclared(project: Distribution, module: Module) -> list[str]:
    """Name what a module imports and its distribution does not declare."""
    for_tests = within(module.name, f"{project.package}.testing", f"{project.package}.pytest_plugin")
    allowed = project.declared(for_tests=for_tests)
    roots = {name.partition(".")[0] for name in module.imports() if not name.startswith(".")}
    foreign = roots - sys.stdlib_module_names - {project.package}
    return [
        f"{project.name}: {module.name} imports {root}" for root in sorted(foreign) if not providers(root) & allowed
    ]


def disagreements(projects: Iterable[Distribution]) -> list[str]:
    """Name every library for which the distributions ask in more than one way."""
    asked: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for project in projects:
        for bounds in project.bounds.values():
            for library, bound in bounds.items():
                asked[library][bound].append(project.name)
    return [f"{library}: {dict(ways)}" for library, ways in sorted(asked.items()) if len(ways) > 1]


@pytest.mark.parametrize("path", PROJECTS, ids=lambda path: path.parent.name)
def test_a_distribution_declares_what_its_sources_import(path: Path) -> None:
    project = distribution(path.read_text("utf-8"))
    sources = modules(f"{path.parent.relative_to(ROOT)}/src/**/*.py")

    assert [breach for module in sources for breach in undeclared(project, module)] == []


def test_every_distribution_asks_for_the_same_version_of_a_library() -> None:
    projects = [distribution(path.read_text("utf-8")) for path in PROJECTS]

    assert len(projects) > 10
    assert disagreements(projects) == []


SALES = """
[project]
name = "crm-sales"
dependencies = ["crm-eventlog", "pydantic>=2.12"]
[project.optional-dependencies]
test = ["pytest", "schemathesis>=4"]
"""


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("crm_sales.settings", "from pydantic_settings import BaseSettings"),
        ("crm_sales.api", "import crm_chassis.web"),
        ("crm_sales.api", "def fuzz():\n    import schemathesis"),
    ],
)
def test_an_import_that_is_not_declared_is_caught(name: str, source: str) -> None:
    assert len(undeclared(distribution(SALES), Module(name, source))) == 1


def test_what_is_declared_may_be_imported_and_by_tools_for_tests_also_the_extra_for_tests() -> None:
    sources = {
        "crm_sales.domain.order": "import re\nimport pydantic\nfrom crm_eventlog.aggregate import Aggregate",
        "crm_sales.testing.fuzzing": "import schemathesis\nfrom crm_sales.api import router",
    }

    assert [x for name, text in sources.items() for x in undeclared(distribution(SALES), Module(name, text))] == []


def test_two_bounds_for_one_library_are_caught() -> None:
    other = SALES.replace("crm-sales", "crm-loyalty").replace("pydantic>=2.12", "pydantic")

    assert disagreements([distribution(SALES), distribution(other)]) == [
        "pydantic: {'>=2.12': ['crm-sales'], '': ['crm-loyalty']}"
    ]

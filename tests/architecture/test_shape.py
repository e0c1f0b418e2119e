"""The shape of the sources: the same files in every service, names that name something, sizes that can be read."""

import ast
import re
import subprocess
from collections.abc import Iterable

import pytest

from tests.architecture.sources import ROOT, SERVICES, Module, shipped, suites

# What every service has; its slices lie beside, and tests/architecture/slices.py says what else may.
FILES = frozenset({"__init__.py", "__main__.py", "service.py", "settings.py", "py.typed"})
EMPTY_WORDS = frozenset({"manager", "helper", "utils", "util", "misc", "common", "base", "data", "info", "handle"})
# Names with an empty word that means something: the folder in which a machine keeps its services' data.
MEANT = frozenset({"data_folder", "DataFolder"})
# All that may lie in the root; what begins with a dot belongs to tools.
ROOT_ENTRIES = frozenset(
    {
        *("Makefile", "README.md", "CONTRIBUTING.md", "LICENSE", "pyproject.toml", "constraints.txt", "conftest.py"),
        *("services", "shared", "cli", "deploy", "docs", "benchmarks", "tests", "tools"),
    }
)
LINES_OF_A_MODULE = 300
LINES_OF_A_FUNCTION = 30


def files_lacking(service: str, names: Iterable[str]) -> list[str]:
    """Name the files that every service has and this one lacks."""
    return [f"{service} lacks {name}" for name in sorted(FILES - frozenset(names))]


def tracked() -> list[str]:
    """List every file that git knows, by its path from the root."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return listed.stdout.rstrip("\0").split("\0")


def litter(paths: Iterable[str]) -> list[str]:
    """Name what lies in the root and has no business there."""
    entries = {path.partition("/")[0] for path in paths}
    return sorted(entry for entry in entries - ROOT_ENTRIES if not entry.startswith("."))


def empty_names(module: Module) -> list[str]:
    """List the files and classes whose name names nothing."""
    classes = [node.name for node in ast.walk(module.tree) if isinstance(node, ast.ClassDef)]
    candidates = [module.path.stem, *classes]
    return [f"{module.path}: {name}" for name in candidates if EMPTY_WORDS & words_of(name) and name not in MEANT]


def words_of(name: str) -> frozenset[str]:
    """Return the words in a name, however it joins them: `CaseManager` and `case_manager` have the same two."""
    return frozenset(word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name))


def too_long(module: Module) -> list[str]:
    """List the module, and each of its functions, that is longer than a reader likes."""
    lines = len(module.source.splitlines())
    functions = [node for node in ast.walk(module.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    long = [f"{module.path}: {lines} lines"] if lines > LINES_OF_A_MODULE else []
    sizes = {node.name: lines_of_body(node) for node in functions}
    return long + [f"{module.path}: {name}, {size} lines" for name, size in sizes.items() if size > LINES_OF_A_FUNCTION]


def lines_of_body(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count from the first statement to the last line, the signature and the docstring aside."""
    said = function.body[1:] if ast.get_docstring(function) else function.body
    return (function.end_lineno or 0) - said[0].lineno + 1 if said else 0


@pytest.mark.parametrize("service", SERVICES)
def test_whoever_knows_one_service_knows_all(service: str) -> None:
    package = ROOT / "services" / service / "src" / f"crm_{service}"
    papers = {path.name for path in (ROOT / "services" / service).iterdir()}

    assert files_lacking(service, (path.name for path in package.iterdir())) == []
    assert papers >= {"README.md", "CHANGELOG.md", "pyproject.toml", "tests"}


def test_a_service_without_its_composition_root_is_caught() -> None:
    assert files_lacking("support", FILES - {"service.py"}) == ["support lacks service.py"]


def test_the_root_holds_what_it_must_and_nothing_else() -> None:
    paths = tracked()

    assert litter(paths) == []
    assert ROOT_ENTRIES - {path.partition("/")[0] for path in paths} == set()


def test_a_file_that_a_test_left_in_the_root_is_caught() -> None:
    assert litter(["README.md", ".gitignore", "services/support/README.md", "posted.txt", "notes/one.txt"]) == [
        "notes",
        "posted.txt",
    ]


def test_every_name_names_something() -> None:
    assert [name for module in (*shipped(), *suites()) for name in empty_names(module)] == []


@pytest.mark.parametrize("source", ["class CaseManager: ...", "class CustomerData: ...", "class SQLHelper: ..."])
def test_a_class_whose_name_names_nothing_is_caught(source: str) -> None:
    offender = Module("crm_support.domain.case", source)

    assert len(empty_names(offender)) == 1


def test_a_class_that_only_contains_the_letters_passes() -> None:
    innocent = Module("crm_support.domain.case", "class Database: ...\nclass Handled: ...")

    assert empty_names(innocent) == []


def test_modules_and_functions_can_be_read_at_a_sitting() -> None:
    assert [breach for module in (*shipped(), *suites()) for breach in too_long(module)] == []


def test_a_module_and_a_function_that_are_too_long_are_caught() -> None:
    function = "def long():\n" + "    pass\n" * 31
    module = "x = 1\n" * 301

    assert too_long(Module("a", function)) == ["offender.py: long, 31 lines"]
    assert too_long(Module("a", module)) == ["offender.py: 301 lines"]

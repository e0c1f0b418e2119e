"""`make` knows every distribution, says what each of its targets is for, and installs pinned libraries only."""

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from itertools import takewhile
from pathlib import Path

import pytest

from deploy import install
from tests.architecture.requirements import bare
from tests.architecture.sources import ROOT, SERVICES, modules, suites

MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
PINNED = re.compile(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+")


def listed() -> list[str]:
    """Return the folders in the variable DISTRIBUTIONS, in its order."""
    [value] = re.findall(r"^DISTRIBUTIONS = ((?:.*\\\n)*.*)$", MAKEFILE, re.MULTILINE)
    return value.replace("\\\n", " ").split()


def project(folder: str) -> dict[str, list[str]]:
    return tomllib.loads((ROOT / folder / "pyproject.toml").read_text("utf-8"))["project"]


def required(folder: str) -> set[str]:
    """Return the names of everything that a distribution asks for, with the extras that we install."""
    extras = install.EXTRAS.get(folder, "").strip("[]").split(",")
    offered = project(folder).get("optional-dependencies", {})
    extra = [requirement for name in extras for requirement in offered.get(name, [])]
    return {bare(requirement) for requirement in (*project(folder)["dependencies"], *extra)}


def test_make_knows_every_distribution() -> None:
    lying_about = {str(path.parent.relative_to(ROOT)) for path in ROOT.glob("*/**/pyproject.toml")}

    assert set(listed()) == {folder for folder in lying_about if not folder.startswith(".")}


def test_each_distribution_comes_after_those_it_stands_on() -> None:
    names = [project(folder)["name"] for folder in listed()]
    too_early = [
        (folder, name)
        for place, folder in enumerate(listed())
        for name in required(folder) & set(names)
        if names.index(name) > place
    ]

    assert too_early == []


def test_everything_that_is_installed_is_pinned_by_name_and_version_only() -> None:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    pinned = {bare(line) for line in lines}
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["dependency-groups"]["dev"]
    wanted = {bare(tool) for tool in (*install.BUILD_TOOLS, *tools)}
    wanted |= {name for folder in listed() for name in required(folder) if not name.startswith("crm-")}

    assert [line for line in lines if not PINNED.fullmatch(line)] == []
    assert wanted - pinned == set()


def test_what_tests_and_figures_import_is_installed_for_them() -> None:
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["dependency-groups"]["dev"]
    ours = {project(folder)["name"] for folder in listed()}.union(*map(required, listed()))
    # pydantic's own core is a distribution of its own, which nobody asks for by name.
    asked_for = {"pydantic-core", *map(bare, tools), *ours}
    providers = packages_distributions()
    imported = {
        name.partition(".")[0]: module.path
        for module in (*suites(), *modules("benchmarks/**/*.py"))
        for name in module.imports()
    }
    beside_them = {path.stem for path in ROOT.glob("*/*/tests/*.py")} | {path.name for path in ROOT.iterdir()}

    missing = {
        name: str(path)
        for name, path in imported.items()
        if name not in sys.stdlib_module_names | beside_them
        and not asked_for & {bare(provider) for provider in providers.get(name, [name])}
    }

    assert missing == {}


def would_run(*words: str) -> str:
    """Return the commands that `make` would run."""
    made = subprocess.run(["make", "--dry-run", *words], cwd=ROOT, capture_output=True, text=True, check=True)
    return made.stdout


def test_a_check_starts_no_server_and_runs_suites_that_are_there() -> None:
    (tests,) = re.findall(r"-m pytest .*", would_run("check"))

    words = tests.partition("loadfile ")[2].split()
    folders = list(takewhile(lambda word: not word.startswith("-"), words))
    assert "--without-servers" in words
    assert len(folders) > 3
    assert [folder for folder in folders if not (ROOT / folder).is_dir()] == []


def test_a_check_leaves_out_whatever_fuzzes_a_service() -> None:
    (expression,) = re.findall(r'-k "not \((.+?)\)"', would_run("check"))
    nodes = [node for module in modules("services/*/tests/**/*.py") for node in module.nodes(ast.FunctionDef)]

    fuzzing = [node.name for node in nodes if isinstance(node, ast.FunctionDef) and "fuzz(" in ast.unparse(node)]

    assert len(fuzzing) == len(SERVICES)
    assert [name for name in fuzzing if not any(word in name for word in expression.split(" or "))] == []


def test_the_suite_of_a_service_or_a_slice_is_run_alone() -> None:
    of_a_service, of_a_slice = would_run("test", "SERVICE=support"), would_run("test", "SERVICE=support", "SLICE=cases")

    assert re.search(r"-m pytest .* services/support/tests *$", of_a_service, re.MULTILINE)
    assert re.search(r"-m pytest .* services/support/tests/cases *$", of_a_slice, re.MULTILINE)
    assert "ruff" not in of_a_service + of_a_slice


def test_every_distribution_has_the_license_of_the_project() -> None:
    assert {project(folder)["license"] for folder in listed()} == {"Apache-2.0"}
    assert "Apache License\n                           Version 2.0" in (ROOT / "LICENSE").read_text("utf-8")


def test_help_lists_every_target() -> None:
    targets = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))

    told = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert set(re.findall(r"^  make ([a-z-]+) +\S", told, re.MULTILINE)) == targets


def test_a_second_install_does_nothing_and_a_change_of_a_pin_makes_a_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pins = tmp_path / "constraints.txt"
    pins.write_text("orjson==3.13.0\n")
    monkeypatch.setattr(install, "CONSTRAINTS", pins)
    monkeypatch.setattr(install, "VENV", tmp_path)
    before = install.fingerprint_of(["shared/events"])
    (tmp_path / "installed-all").write_text(before)

    install.install("demo", ["shared/events"])
    pins.write_text("orjson==3.14.0\n")

    assert [path.name for path in tmp_path.iterdir()] == ["constraints.txt", "installed-all"]
    assert install.fingerprint_of(["shared/events"]) != before


def test_a_distribution_that_is_not_there_is_named() -> None:
    with pytest.raises(SystemExit, match="No distribution in services/shipping"):
        install.install("all", ["shared/events", "services/shipping"])


def test_ci_runs_what_a_developer_runs() -> None:
    script = (ROOT / ".ci" / "run").read_text("utf-8")

    assert "export CI=true" in script
    assert script.rstrip().endswith("exec make test")

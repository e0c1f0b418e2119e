"""Installing one service brings the shared distributions and no other service: seen by what it declares and imports."""

import sys
import tomllib
from collections.abc import Mapping
from importlib.metadata import packages_distributions

import pytest

from tests.architecture.requirements import bare
from tests.architecture.sources import ROOT, SERVICES, modules

Declared = Mapping[str, frozenset[str]]


def declared() -> Declared:
    """Return the requirements of every distribution of the project by its pyproject.toml, extras aside."""
    paths = [*ROOT.glob("shared/*/pyproject.toml"), *ROOT.glob("services/*/pyproject.toml")]
    projects = [tomllib.loads(path.read_text("utf-8"))["project"] for path in paths]
    return {project["name"]: frozenset(map(bare, project.get("dependencies", ()))) for project in projects}


def brought_by(name: str, distributions: Declared) -> frozenset[str]:
    """Return all distributions that installing one of them brings, as far as the project declares it; itself too."""
    reached, waiting = {name}, [name]
    while waiting:
        new = distributions.get(waiting.pop(), frozenset()) - reached
        reached |= new
        waiting += new
    return frozenset(reached)


def other_services(name: str, distributions: Declared) -> frozenset[str]:
    """Return the services that come along with one of them."""
    return brought_by(name, distributions) & {f"crm-{service}" for service in SERVICES} - {name}


def undeclared(folder: str, distributions: Declared) -> list[str]:
    """List the libraries that a distribution imports and that installing it would not bring."""
    name = tomllib.loads((ROOT / folder / "pyproject.toml").read_text("utf-8"))["project"]["name"]
    brought = brought_by(name, distributions)
    providers = packages_distributions()
    imported = {each.partition(".")[0] for module in modules(f"{folder}/src/**/*.py") for each in module.imports()}
    libraries = sorted(imported - sys.stdlib_module_names - {""})
    return [each for each in libraries if not brought & {bare(provider) for provider in providers.get(each, [each])}]


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_comes_alone(service: str) -> None:
    assert other_services(f"crm-{service}", declared()) == frozenset()


def test_a_service_that_brings_another_by_a_detour_is_caught() -> None:
    detour = {"crm-support": frozenset({"crm-chassis"}), "crm-chassis": frozenset({"crm-sales"})}

    assert other_services("crm-support", detour) == {"crm-sales"}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_declares_what_it_imports(service: str) -> None:
    assert undeclared(f"services/{service}", declared()) == []


def test_an_import_that_nothing_brings_is_caught() -> None:
    without = {"crm-support": frozenset({"crm-events"}), "crm-events": frozenset({"pydantic"})}

    assert "crm_chassis" in undeclared("services/support", without)

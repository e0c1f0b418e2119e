"""The package eventsourcing_sqlalchemy 1.0.1 accepts the same tracking position twice; nothing here stands on it."""

import tomllib

from tests.architecture.sources import ROOT, Module, shipped, suites, within

BANNED = "eventsourcing_sqlalchemy"


def requirements() -> list[str]:
    """List every requirement that a distribution or the constraints name, in the spelling of an import."""
    projects = [tomllib.loads(path.read_text("utf-8"))["project"] for path in ROOT.glob("*/*/pyproject.toml")]
    wanted = [line for project in projects for line in project.get("dependencies", [])]
    wanted += [
        line for project in projects for extra in project.get("optional-dependencies", {}).values() for line in extra
    ]
    pinned = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    return [line.replace("-", "_").lower() for line in (*wanted, *pinned)]


def imports_of_it(module: Module) -> list[str]:
    """List the imports of the banned package in a module."""
    return [name for name in module.imports() if within(name, BANNED)]


def test_no_distribution_asks_for_it_and_no_constraint_pins_it() -> None:
    named = requirements()

    assert any(line.startswith("eventsourcing") for line in named)
    assert [line for line in named if line.startswith(BANNED)] == []


def test_nothing_imports_it() -> None:
    assert [name for module in (*shipped(), *suites()) for name in imports_of_it(module)] == []


def test_a_module_that_imports_it_is_caught() -> None:
    offender = Module(
        "crm_eventlog.store", "from eventsourcing_sqlalchemy.recorders import SQLAlchemyApplicationRecorder"
    )

    assert len(imports_of_it(offender)) == 1

"""Pitfalls of our exact libraries that can be seen in the sources; tests/regressions shows each at work."""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.sources import Module, modules, shipped, suites

DB_FUNCTIONS = "POSTGRES_ENABLE_DB_FUNCTIONS"
SLEEPS = frozenset({"sleep", "time.sleep", "asyncio.sleep", "anyio.sleep"})


def batches(module: Module) -> list[str]:
    """Find `publish_batch`, which sends a keyed batch to one random partition."""
    called = [node.attr for node in ast.walk(module.tree) if isinstance(node, ast.Attribute)]
    return [f"{module.path} uses publish_batch" for name in called if name == "publish_batch"]


def db_functions(module: Module) -> list[str]:
    """Find what sets the switch of the library's database functions, which lose events; reading it is allowed."""
    return [f"{module.path} sets {DB_FUNCTIONS}" for name in _set_by(module.tree) if name == DB_FUNCTIONS]


def _set_by(tree: ast.Module) -> Iterator[object]:
    for node in ast.walk(tree):
        match node:
            case ast.Dict(keys=keys):
                yield from (key.value for key in keys if isinstance(key, ast.Constant))
            case ast.Subscript(slice=ast.Constant(value=value), ctx=ast.Store()):
                yield value
            case ast.Call(
                func=ast.Attribute(attr="setenv" | "setdefault" | "putenv"), args=[ast.Constant(value=v), *_]
            ):
                yield v
            case ast.keyword(arg=name):
                yield name


def shadowed_uuid(module: Module) -> list[str]:
    """Find `UUID` of SQLAlchemy, which shadows the real one in every model of the module; its type is `Uuid`."""
    named = [name for name in module.imports() if name.startswith("sqlalchemy.")]
    return [f"{module.path} imports {name}" for name in named if name.rpartition(".")[2] in {"UUID", "*"}]


def sleeps(module: Module) -> list[str]:
    """Find a test that sleeps: it is slow on a fast machine and red on a slow one. Wait for a state instead."""
    called = [node for node in ast.walk(module.tree) if isinstance(node, ast.Call)]
    slept = [
        node for node in called if ast.unparse(node.func) in {"time.sleep", "asyncio.sleep", "sleep", "anyio.sleep"}
    ]
    return [f"{module.path}:{node.lineno} sleeps" for node in slept if ast.unparse(node.args[0]) != "0"]


def test_nothing_is_published_in_batches() -> None:
    assert [breach for module in shipped() for breach in batches(module)] == []


def test_publishing_in_batches_is_caught() -> None:
    offender = Module("crm_eventlog.relay", "async def send(broker, events):\n    await broker.publish_batch(*events)")

    assert len(batches(offender)) == 1


def test_nobody_switches_on_the_database_functions() -> None:
    assert [breach for module in (*shipped(), *modules("benchmarks/**/*.py")) for breach in db_functions(module)] == []


@pytest.mark.parametrize(
    "source",
    [
        f"env = {{'{DB_FUNCTIONS}': 'yes'}}",
        f"os.environ['{DB_FUNCTIONS}'] = 'yes'",
        f"os.environ.setdefault('{DB_FUNCTIONS}', 'yes')",
        f"Application(env=dict({DB_FUNCTIONS}='yes'))",
    ],
)
def test_whoever_switches_on_the_database_functions_is_caught(source: str) -> None:
    offender = Module("crm_eventlog.store", source)

    assert len(db_functions(offender)) == 1


def test_looking_whether_the_database_functions_are_on_is_allowed() -> None:
    guard = Module(
        "crm_eventlog.store", f"if os.environ.get('{DB_FUNCTIONS}'):\n    raise RuntimeError('{DB_FUNCTIONS}')"
    )

    assert db_functions(guard) == []


def test_no_module_shadows_the_uuid() -> None:
    assert [breach for module in (*shipped(), *suites()) for breach in shadowed_uuid(module)] == []


@pytest.mark.parametrize(
    "source",
    ["from sqlalchemy import UUID", "from sqlalchemy import *", "from sqlalchemy.dialects.postgresql import UUID"],
)
def test_a_module_that_shadows_the_uuid_is_caught(source: str) -> None:
    offender = Module("crm_sales.read_models.funnel", source)

    assert len(shadowed_uuid(offender)) == 1


def test_no_test_sleeps() -> None:
    assert [breach for module in suites() for breach in sleeps(module)] == []


@pytest.mark.parametrize(
    "source", ["import time\ntime.sleep(1)", "async def t():\n    await asyncio.sleep(0.1)", "sleep(2)"]
)
def test_a_test_that_sleeps_is_caught(source: str) -> None:
    offender = Module("test_lag", source)

    assert len(sleeps(offender)) == 1


def test_giving_way_to_others_is_no_sleep() -> None:
    polite = Module("test_lag", "async def t():\n    await asyncio.sleep(0)")

    assert sleeps(polite) == []

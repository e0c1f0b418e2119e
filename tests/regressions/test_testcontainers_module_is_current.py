"""The module testcontainers.kafka is deprecated since 4.15 and warns when imported; we take the community one."""

import subprocess
import sys

from tests.architecture.sources import Module, modules, shipped, within

OLD = "testcontainers.kafka"


def imported(name: str) -> "subprocess.CompletedProcess[str]":
    """Import this for the first time, with warnings as errors, and return Python's output."""
    command = [sys.executable, "-W", "error::DeprecationWarning", "-c", f"from {name} import KafkaContainer"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_old_module_is_deprecated_and_the_new_one_is_not() -> None:
    old, new = imported(OLD), imported("testcontainers.community.kafka")

    assert "DeprecationWarning: testcontainers.kafka is deprecated" in old.stderr
    assert new.returncode == 0


def deprecated(module: Module) -> list[str]:
    return [name for name in module.imports() if within(name, OLD)]


def test_nobody_imports_the_old_one() -> None:
    assert [
        name for module in (*shipped(), *modules("benchmarks/*.py", "conftest.py")) for name in deprecated(module)
    ] == []


def test_who_imports_the_old_one_is_caught() -> None:
    assert deprecated(Module("crm_local.containers", f"from {OLD} import KafkaContainer")) == [f"{OLD}.KafkaContainer"]

"""The files that the builder of an image gets: the sources it copies, no test, no secret, no data of a running CRM."""

import re
import subprocess

import pytest

from tests.architecture.sources import ROOT, SERVICES
from tests.deploy.tools import DEPLOY

IGNORED = (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8")


def is_sent(path: str, ignored: str) -> bool:
    """Tell if the builder gets this file: the last pattern that matches it or a folder above it decides."""
    sent = True
    lines = [line.strip() for line in ignored.splitlines() if line.strip() and not line.startswith("#")]
    for line in lines:
        if re.fullmatch(f"{as_expression(line.removeprefix('!'))}(/.*)?", path):
            sent = line.startswith("!")
    return sent


def as_expression(pattern: str) -> str:
    """Compile a pattern of a .dockerignore: `**/` is any number of folders, `*` stays within one name."""
    parts = re.split(r"(\*\*/|\*)", pattern)
    return "".join({"**/": "(?:.*/)?", "*": "[^/]*"}.get(part, re.escape(part)) for part in parts)


def sources() -> list[str]:
    """List every file of the project that is kept."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    return listed.stdout.splitlines()


def test_the_builder_gets_the_shipped_sources_and_nothing_else() -> None:
    sent = {path for path in sources() if is_sent(path, IGNORED)}

    assert {"constraints.txt", "deploy/health.py", "shared/events/README.md"} <= sent
    assert {f"services/{service}/src/crm_{service}/__main__.py" for service in SERVICES} <= sent
    assert {path.partition("/")[0] for path in sent} == {"constraints.txt", "deploy", "services", "shared"}
    assert [path for path in sent if "/tests/" in path] == []


@pytest.mark.parametrize(
    "path",
    [".git/config", ".crm/support.db", ".venv/pyvenv.cfg", "services/sales/.env", "deploy/tls/tls.key", "cli/x.py"],
)
def test_no_secret_and_no_data_leave_for_the_builder(path: str) -> None:
    assert not is_sent(path, IGNORED)


@pytest.mark.parametrize("forgotten", ["**/tests\n", "**/.*\n", "*\n"])
def test_a_pattern_that_was_forgotten_is_caught(forgotten: str) -> None:
    offender = IGNORED.replace(f"\n{forgotten}", "\n", 1)
    candidates = ["services/sales/tests/test_api.py", "services/sales/.env", "README.md"]

    assert offender != IGNORED
    assert any(is_sent(path, offender) for path in candidates)
